import { type DestinationStream, type Logger, pino } from 'pino';

/** Keys whose values never reach the log, wherever they stand up to two levels down. */
const SECRET_KEYS = [
  'token',
  'password',
  'ticket',
  'secret',
  'authorization',
  'cookie',
  'x-auth-token',
  'x-service-token',
];

/** JSON lines with secrets redacted. */
export function createLogger(level: string, destination?: DestinationStream): Logger {
  const paths = SECRET_KEYS.flatMap((key) => [`["${key}"]`, `*["${key}"]`, `*.*["${key}"]`]);
  const options = { level, base: null, redact: { paths, censor: '[redacted]' } };
  return destination ? pino(options, destination) : pino(options);
}
