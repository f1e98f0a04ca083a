import type { ConsoleErrorCode } from '@remote-consoles/core';
import { ApiFault, unauthorized, unexpected } from './api-fault.js';
import { ERROR_STATUS } from './error-status.js';

/**
 * What the client is told of an error. Errors that nobody threw on purpose become a bare 500.
 *
 * @param challenge the `WWW-Authenticate` value of a 401
 */
export function toFault(error: unknown, challenge: string): ApiFault {
  if (error instanceof ApiFault) return error;
  if (isConsoleError(error)) {
    return error.code === 'unauthenticated'
      ? unauthorized(error.message, challenge)
      : new ApiFault(ERROR_STATUS[error.code], error.message);
  }
  return unexpected();
}

/** Told by its shape: an adapter from elsewhere may bring its own copy of core. */
function isConsoleError(error: unknown): error is Error & { code: ConsoleErrorCode } {
  return (
    error instanceof Error &&
    error.name === 'ConsoleError' &&
    'code' in error &&
    typeof error.code === 'string' &&
    Object.hasOwn(ERROR_STATUS, error.code)
  );
}
