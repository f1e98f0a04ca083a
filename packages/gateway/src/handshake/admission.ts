import { hash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { TokenDigest } from '@remote-consoles/core';
import { checkUpgrade } from '../websocket/upgrade.js';
import { clientAddress, isForwarded, type TrustsProxy } from './client-address.js';
import type { OriginPolicy } from './origin-policy.js';
import { ORIGIN_REFUSED, type Refusal } from './refusal.js';
import { cookieValue, requestToken, sessionCookieName } from './request-token.js';

/** What a viewer asks with. */
export interface ConsoleRequest {
  readonly token: string;
  /** The key of the session that this socket wants to join. */
  readonly sessionKey: string | undefined;
  readonly clientAddress: string | undefined;
}

export type Admission<Admitted> =
  | ({ readonly kind: 'admitted' } & Admitted)
  | { readonly kind: 'refused'; readonly refusal: Refusal };

const NO_TOKEN: Refusal = { status: 401, code: 'token-invalid', message: 'the request has no console token' };

/** What can be said of a request before its token is looked up: it costs little to refuse here. */
export class AdmissionDesk {
  readonly #origins: OriginPolicy;
  readonly #trustsProxy: TrustsProxy;

  constructor(origins: OriginPolicy, trustsProxy: TrustsProxy) {
    this.#origins = origins;
    this.#trustsProxy = trustsProxy;
  }

  /** A WebSocket handshake. */
  checkSocket(
    request: IncomingMessage,
  ): Admission<{ request: ConsoleRequest; accept: string; subprotocol: string | undefined }> {
    const upgrade = checkUpgrade(request);
    if (upgrade.kind === 'refused') {
      const { status, reason, headers } = upgrade;
      return refused({ status, code: 'bad-handshake', message: reason, headers });
    }
    const admission = this.checkGet(request);
    if (admission.kind === 'refused') return admission;
    return { ...admission, accept: upgrade.accept, subprotocol: upgrade.subprotocol };
  }

  /** A plain GET. */
  checkGet(request: IncomingMessage): Admission<{ request: ConsoleRequest }> {
    if (!this.#origins.allows(request.headers, isForwarded(request, this.#trustsProxy)))
      return refused(ORIGIN_REFUSED);
    const token = requestToken(request);
    if (!token) return refused(NO_TOKEN);
    const sessionKey = keyFromCookie(request.headers.cookie, token);
    return { kind: 'admitted', request: { token, sessionKey, clientAddress: this.clientAddress(request) } };
  }

  /** Who asks, as far as our proxies can tell. */
  clientAddress(request: IncomingMessage): string | undefined {
    return clientAddress(request, this.#trustsProxy);
  }
}

function keyFromCookie(cookies: string | undefined, token: string): string | undefined {
  if (cookies === undefined) return undefined;
  return cookieValue(cookies, sessionCookieName(hash('sha256', token.toLowerCase()) as TokenDigest));
}

export function refused(refusal: Refusal): { readonly kind: 'refused'; readonly refusal: Refusal } {
  return { kind: 'refused', refusal };
}
