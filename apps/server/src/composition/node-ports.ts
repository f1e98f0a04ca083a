import { hash, randomUUID } from 'node:crypto';
import type { AuditSink, Clock, Digest, Logger, Random } from '@remote-consoles/core';

export const systemClock: Clock = { now: Date.now };

export const cryptoRandom: Random = { uuid: randomUUID };

export const cryptoDigest: Digest = {
  sha256: (text) => hash('sha256', text),
};

/** Audit records as log lines of their own kind. */
export const auditLog = (logger: Logger): AuditSink => ({
  record: (event) => logger.info({ audit: event }, `${event.action} ${event.outcome}`),
});
