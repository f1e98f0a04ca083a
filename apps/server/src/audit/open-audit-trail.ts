import { resolve } from 'node:path';
import type { Logger } from '@remote-consoles/core';
import { ConfigError } from '../config/config-problem.js';
import type { ConfigFile } from '../config/read-config.js';
import { AuditFile } from './audit-file.js';
import { auditLog } from './audit-log.js';
import { type AuditDestination, AuditTrail } from './audit-trail.js';

/** @throws ConfigError where the file cannot be opened */
export async function openAuditTrail(file: ConfigFile, logger: Logger): Promise<AuditTrail> {
  return new AuditTrail(await openDestination(file, logger));
}

async function openDestination(
  { file, config, directory, locate }: ConfigFile,
  logger: Logger,
): Promise<AuditDestination | undefined> {
  const { audit } = config;
  if (audit.destination === 'none') return undefined;
  if (audit.destination === 'stdout') return auditLog();
  const path = resolve(directory, audit.file);
  return AuditFile.open(path, logger).catch((error: NodeJS.ErrnoException) => {
    throw new ConfigError(file, [
      locate(['audit', 'file'], `cannot open ${path}: ${error.code ?? 'unknown error'}`),
    ]);
  });
}
