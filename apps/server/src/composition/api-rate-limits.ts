import type { AuditSink, Clock } from '@remote-consoles/core';
import type { RateLimits } from '@remote-consoles/http-api';
import type { Config } from '../config/config-schema.js';
import { processRateLimiter } from '../rate-limit/process-rate-limiter.js';

/** The limits of the API, whichever listener it is on. Who is refused is in the records, as viewers are. */
export function apiRateLimits({ limits }: Config, audit: AuditSink, clock: Clock): RateLimits {
  return {
    address: processRateLimiter(limits.apiRequestsPerAddress),
    user: processRateLimiter(limits.apiRequestsPerUser),
    refused: (context, user) =>
      audit.record({
        action: 'console.refuse',
        outcome: 'failure',
        reason: 'rate-limited',
        at: clock.now(),
        ...context,
        ...(user && { userId: user.userId }),
        ...(user?.projectId !== undefined && { projectId: user.projectId }),
      }),
  };
}
