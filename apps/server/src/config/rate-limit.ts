import { z } from '@remote-consoles/option-schema';

/** So many in each window of so many seconds. */
export interface RateLimit {
  readonly count: number;
  readonly seconds: number;
}

/** A limit that can be switched off. */
const limit = (count: number) =>
  z
    .union(
      [
        z.literal(false),
        z.strictObject({
          count: z.number().int().min(1).max(1_000_000_000),
          seconds: z.number().int().min(1).max(86_400),
        }),
      ],
      { error: 'must be { count: 600, seconds: 60 } or false' },
    )
    .default({ count, seconds: 60 });

/** Each counts for every process by itself. */
export const rateLimits = z.strictObject({
  /** POSTs to the API from one address, before anybody asks who it is: a dashboard's users may share one. */
  apiRequestsPerAddress: limit(600),
  /** POSTs of one user. */
  apiRequestsPerUser: limit(300),
  /** Console tokens from one address that are not valid. */
  failedTokensPerAddress: limit(30),
});
