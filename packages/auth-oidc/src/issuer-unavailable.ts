import { ConsoleError } from '@remote-consoles/core';

/** Says to the client that tokens cannot be checked now; why is for the log. */
export function issuerUnavailable(cause: unknown): ConsoleError {
  return new ConsoleError('identity-unavailable', 'The identity service is temporarily unavailable.', {
    cause,
  });
}
