import { stdSerializers } from 'pino';

/** Keys whose values never reach the log. */
const SECRET_KEYS: ReadonlySet<string> = new Set([
  'token',
  'password',
  'ticket',
  'secret',
  'authorization',
  'cookie',
  'x-auth-token',
  'x-service-token',
]);

const CENSOR = '[redacted]';
/** Levels below the first that are looked at. */
const DEPTH = 2;

/**
 * The same fields without secrets; the very same object where there are none. A walk, as pino's own redaction by paths
 * with wildcards was an eighth of what a request to the API cost.
 */
export function redactSecrets(fields: object): Record<string, unknown> {
  return redacted(fields, DEPTH) as Record<string, unknown>;
}

function redacted(value: unknown, depth: number): unknown {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value;
  const source = (value instanceof Error ? stdSerializers.err(value) : value) as Record<string, unknown>;
  let copy: Record<string, unknown> | undefined;
  for (const key of Object.keys(source)) {
    const before = source[key];
    const after = SECRET_KEYS.has(key) ? CENSOR : depth > 0 ? redacted(before, depth - 1) : before;
    if (after === before) continue;
    copy ??= (Array.isArray(source) ? [...source] : { ...source }) as Record<string, unknown>;
    copy[key] = after;
  }
  return copy ?? source;
}
