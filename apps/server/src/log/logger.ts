import { type DestinationStream, type Logger, pino } from 'pino';
import { redactSecrets } from './redact-secrets.js';
import { standardOutput } from './standard-output.js';

/** JSON lines with secrets redacted, two levels down. */
export function createLogger(level: string, destination: DestinationStream = standardOutput): Logger {
  // Errors are made plain before secrets are looked for in them; pino would do it once more.
  const serializers = { err: (err: unknown) => err };
  const options = { level, base: null, formatters: { log: redactSecrets }, serializers };
  return pino(options, destination);
}
