import { type Clock, RateLimit } from '@remote-consoles/core';
import type { RateLimits } from '@remote-consoles/http-api';
import type { Config } from '../config/config-schema.js';

/** s */
const MINUTE = 60;

/** What all listeners of the process count together. */
export function rateLimits({ rateLimits: { address, user } }: Config, clock: Clock): RateLimits {
  const limit = (quota: number) =>
    quota === 0 ? undefined : new RateLimit({ quota, window: MINUTE }, clock);
  return { address: limit(address), user: limit(user) };
}
