import { CONSOLE_TYPES, type ConsoleSession, type TokenDigest } from '@remote-consoles/core';
import { z } from '@remote-consoles/option-schema';
import { parseJson } from './stored-json.js';

const storedSession: z.ZodType<ConsoleSession> = z
  .object({
    id: z.string(),
    gateway: z.string(),
    serverId: z.string(),
    projectId: z.string(),
    userId: z.string(),
    type: z.enum(CONSOLE_TYPES),
    digest: z.string().transform((text) => text as TokenDigest),
    requestId: z.string(),
    clientAddress: z.string().optional(),
    openedAt: z.number(),
    security: z.string().optional(),
    lastActivity: z.number(),
    bytesDown: z.number(),
    bytesUp: z.number(),
  })
  .transform(({ clientAddress, security, ...rest }) => ({ ...rest, clientAddress, security }));

/** The session in a text; undefined where it is none that this version knows. */
export function parseSession(text: string): ConsoleSession | undefined {
  return storedSession.safeParse(parseJson(text)).data;
}
