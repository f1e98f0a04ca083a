import { addressBlock, type Credentials, type RequestContext } from '@remote-consoles/core';
import type { Exchange } from '../exchange.js';
import { ApiFault } from '../fault/api-fault.js';
import type { RateLimiter, RateState } from './rate-limiter.js';

/** How often POSTs may come; without one there is no limit. */
export interface RateLimits {
  /** By client address, before anybody asks who it is. */
  readonly address?: RateLimiter | undefined;
  /** By user. */
  readonly user?: RateLimiter | undefined;
  /** Told of each request that is refused; must neither throw nor wait. */
  readonly refused?: RefusalObserver | undefined;
}

/** @param user who asked, where that was known already */
export type RefusalObserver = (context: RequestContext, user: Credentials | undefined) => void;

type Named = 'address' | 'user';

/** Holds requests to the limits, and tells clients that come near one (draft-ietf-httpapi-ratelimit-headers-10). */
export class RateGate {
  readonly #limits: RateLimits;

  constructor(limits: RateLimits) {
    this.#limits = limits;
  }

  /** @throws ApiFault 429 */
  checkAddress(exchange: Exchange): Promise<void> | undefined {
    const { clientAddress } = exchange.context;
    const { address } = this.#limits;
    if (!address || clientAddress === undefined) return undefined;
    return address
      .consume(addressBlock(clientAddress))
      .then((state) => this.#check('address', address, state, exchange));
  }

  /** @throws ApiFault 429 */
  checkUser(exchange: Exchange, userId: string): Promise<void> | undefined {
    const { user } = this.#limits;
    return user?.consume(userId).then((state) => this.#check('user', user, state, exchange));
  }

  #check(name: Named, limiter: RateLimiter, state: RateState, exchange: Exchange): void {
    if (!state.allowed) {
      this.#limits.refused?.(exchange.context, exchange.credentials);
      throw tooMany(name, limiter, state);
    }
    // Far from the limit it is nobody's concern, and on the busiest path headers cost.
    if (state.remaining * 2 < limiter.points) exchange.addHeaders(headersOf(name, limiter, state));
  }
}

function tooMany(name: Named, limiter: RateLimiter, state: RateState): ApiFault {
  const seconds = secondsOf(state.reset);
  return new ApiFault(429, `Too many requests of this ${name}; try again in ${seconds} s.`, {
    'Retry-After': String(seconds),
    ...headersOf(name, limiter, state),
  });
}

function headersOf(name: Named, { points, duration }: RateLimiter, { remaining, reset }: RateState) {
  return {
    'RateLimit-Policy': `"${name}";q=${points};w=${duration}`,
    RateLimit: `"${name}";r=${remaining};t=${secondsOf(reset)}`,
  };
}

function secondsOf(ms: number): number {
  return Math.max(1, Math.ceil(ms / 1000));
}
