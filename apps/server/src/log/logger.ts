import { type DestinationStream, type Logger, pino } from 'pino';
import { redactSecrets } from './redact-secrets.js';

/** JSON lines with secrets redacted, two levels down. */
export function createLogger(level: string, destination?: DestinationStream): Logger {
  // Errors are made plain before secrets are looked for in them; pino would do it once more.
  const serializers = { err: (err: unknown) => err };
  const options = { level, base: null, formatters: { log: redactSecrets }, serializers };
  return destination ? pino(options, destination) : pino(options);
}
