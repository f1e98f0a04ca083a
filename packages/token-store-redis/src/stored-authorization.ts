import { CONSOLE_TYPES, type ConsoleAuthorization, tokenStoreUnavailable } from '@remote-consoles/core';
import { z } from '@remote-consoles/option-schema';
import { parseJson } from './stored-json.js';

const storedAuthorization: z.ZodType<ConsoleAuthorization> = z.object({
  serverId: z.string(),
  projectId: z.string(),
  userId: z.string(),
  type: z.enum(CONSOLE_TYPES),
  connectInfo: z.object({
    host: z.string(),
    port: z.int(),
    tlsPort: z.int().nullable(),
    internalAccessPath: z.string().nullable(),
  }),
  requestId: z.string(),
  issuedAt: z.number(),
  expiresAt: z.number(),
  oneTime: z.boolean(),
});

/** @throws ConsoleError `token-store-unavailable` where the text is no authorization: somebody else wrote it */
export function parseAuthorization(text: string): ConsoleAuthorization {
  const result = storedAuthorization.safeParse(parseJson(text));
  if (result.success) return result.data;
  const where = result.error.issues.map(({ path }) => path.join('.')).join(', ');
  throw tokenStoreUnavailable(new Error(`a stored token is not in our form: ${where || 'no object'}`));
}
