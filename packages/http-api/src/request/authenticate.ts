import type { IncomingHttpHeaders } from 'node:http';
import { type AuthPort, type Credentials, unauthenticated } from '@remote-consoles/core';

/**
 * Says who makes the request, from its token alone: `X-Auth-Token`, or `X-Storage-Token`, its old name; a service that
 * asks for the user adds its own as `X-Service-Token`. No other header that claims an identity is read.
 *
 * @throws ConsoleError `unauthenticated`, `identity-unavailable`
 */
export function authenticate(auth: AuthPort, headers: IncomingHttpHeaders): Promise<Credentials> {
  const token = headers['x-auth-token'] || headers['x-storage-token'];
  if (typeof token !== 'string' || token === '') throw unauthenticated();
  const serviceToken = headers['x-service-token'];
  return typeof serviceToken === 'string' && serviceToken !== ''
    ? auth.authenticate(token, serviceToken)
    : auth.authenticate(token);
}
