import { ConsoleError } from '@remote-consoles/core';

/** OpenSSL's verification results and Node's own all have codes that no plain socket error has. */
const CERTIFICATE = /CERT|SIGNATURE|CRL|HOSTNAME|INVALID_(CA|PURPOSE)|^ERR_(TLS|SSL)|^EPROTO$/;

/** What a failed connection means. The message has no address: it may be shown to a viewer. */
export function connectError(error: unknown): ConsoleError {
  if (error instanceof ConsoleError) return error;
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'no code';
  if (CERTIFICATE.test(code)) {
    return new ConsoleError('console-refused', `TLS with the console failed (${code})`, { cause: error });
  }
  return new ConsoleError('console-unreachable', `the console cannot be reached (${code})`, { cause: error });
}
