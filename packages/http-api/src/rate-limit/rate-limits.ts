import { addressBlock, type RateDecision, type RateLimit } from '@remote-consoles/core';
import type { Exchange } from '../exchange.js';
import { ApiFault } from '../fault/api-fault.js';

/** How often POSTs may come; without one there is no limit. */
export interface RateLimits {
  /** By client address, before anybody asks who it is. */
  readonly address?: RateLimit | undefined;
  /** By user. */
  readonly user?: RateLimit | undefined;
}

type Named = keyof RateLimits;

/** Holds requests to the limits, and tells clients that come near one (draft-ietf-httpapi-ratelimit-headers-10). */
export class RateGate {
  readonly #limits: RateLimits;

  constructor(limits: RateLimits) {
    this.#limits = limits;
  }

  /** @throws ApiFault 429 */
  checkAddress(exchange: Exchange): void {
    const { clientAddress } = exchange.context;
    if (this.#limits.address && clientAddress !== undefined) {
      check('address', this.#limits.address, addressBlock(clientAddress), exchange);
    }
  }

  /** @throws ApiFault 429 */
  checkUser(exchange: Exchange, userId: string): void {
    if (this.#limits.user) check('user', this.#limits.user, userId, exchange);
  }
}

function check(name: Named, limit: RateLimit, key: string, exchange: Exchange): void {
  const decision = limit.take(key);
  if (!decision.allowed) throw tooMany(name, limit, decision);
  // Far from the limit it is nobody's concern, and on the busiest path headers cost.
  if (decision.remaining * 2 < limit.policy.quota) exchange.addHeaders(headersOf(name, limit, decision));
}

function tooMany(name: Named, limit: RateLimit, decision: RateDecision): ApiFault {
  const whose = name === 'user' ? 'this user' : 'this address';
  const seconds = Math.max(1, Math.ceil(decision.retryAfter / 1000));
  return new ApiFault(429, `Too many requests of ${whose}; try again in ${seconds} s.`, {
    'Retry-After': String(seconds),
    ...headersOf(name, limit, decision),
  });
}

function headersOf(name: Named, { policy }: RateLimit, { remaining, reset }: RateDecision) {
  return {
    'RateLimit-Policy': `"${name}";q=${policy.quota};w=${policy.window}`,
    RateLimit: `"${name}";r=${remaining};t=${Math.ceil(reset / 1000)}`,
  };
}
