import type { ClusterMessage } from '@remote-consoles/core';
import { z } from '@remote-consoles/option-schema';
import { parseJson } from './stored-json.js';

const storedMessage: z.ZodType<ClusterMessage> = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('terminate-session'), sessionId: z.string() }),
  z.object({
    kind: z.literal('end-server'),
    serverId: z.string(),
    event: z.enum(['stopped', 'crashed', 'deleted', 'migrated', 'suspended', 'shelved', 'rebuilt']),
  }),
]);

/** The message in a text; undefined where it is none that this version knows. */
export function parseMessage(text: string): ClusterMessage | undefined {
  return storedMessage.safeParse(parseJson(text)).data;
}
