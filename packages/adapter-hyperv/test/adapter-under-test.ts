import { createHash, randomUUID } from 'node:crypto';
import type { AdapterContext, HypervisorPort } from '@remote-consoles/core';
import adapter from '../src/index.js';

/** What the adapter logged. */
export interface LogLine {
  readonly level: string;
  readonly message: string;
  readonly fields: object;
}

/** The errors that were logged, as an operator reads them. */
export function loggedErrors(log: readonly LogLine[]): string {
  return log.map(({ fields }) => ('err' in fields ? String(fields.err) : '')).join('\n');
}

/** The adapter as an app loads it, and its log. */
export async function createAdapter(
  options: object,
  settings: { readonly configDirectory: string; readonly now?: () => number },
): Promise<{ readonly port: HypervisorPort; readonly log: readonly LogLine[] }> {
  const log: LogLine[] = [];
  const write = (level: string) => (fields: object, message: string) => {
    log.push({ level, message, fields });
  };
  const context: AdapterContext = {
    name: 'hyperv-1',
    configDirectory: settings.configDirectory,
    logger: { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') },
    clock: { now: settings.now ?? Date.now },
    random: { uuid: randomUUID },
    digest: { sha256: (text) => createHash('sha256').update(text).digest('hex') },
  };
  const config = await adapter.configSchema['~standard'].validate(options);
  if (config.issues) throw new Error(JSON.stringify(config.issues));
  return { port: await adapter.create(config.value, context), log };
}
