import { CONSOLE_TYPES, type ConsoleType, type SessionFilter } from '@remote-consoles/core';
import { RequestSchema } from '../schema/compile-schema.js';
import type { JsonSchema } from '../schema/json-schema.js';

/** As many sessions as one answer holds. */
const MAX_LIMIT = 1000;

const one = (items: JsonSchema): JsonSchema => ({ type: 'array', items, maxItems: 1 });
const id: JsonSchema = { type: 'string', maxLength: 255 };

interface ParsedQuery {
  readonly limit?: readonly [string];
  readonly marker?: readonly [string];
  readonly server_id?: readonly [string];
  readonly project_id?: readonly [string];
  readonly user_id?: readonly [string];
  readonly type?: readonly [ConsoleType];
}

/** The query parameters, each at most once; any other is a mistake. */
export const SESSION_LIST_QUERY = new RequestSchema<ParsedQuery>({
  type: 'object',
  properties: {
    limit: one({ type: 'string', pattern: '^[0-9]{1,9}$' }),
    marker: one(id),
    server_id: one(id),
    project_id: one(id),
    user_id: one(id),
    type: one({ type: 'string', enum: CONSOLE_TYPES }),
  },
  additionalProperties: false,
});

/** Which sessions a client wants to see, and how many. */
export interface SessionListQuery {
  readonly filter: SessionFilter;
  readonly limit: number;
  readonly marker?: string;
}

/** @throws ApiFault 400 */
export function parseSessionListQuery(query: URLSearchParams): SessionListQuery {
  const { limit, marker, server_id, project_id, user_id, type } = SESSION_LIST_QUERY.parseQuery(query);
  return {
    filter: {
      ...(server_id && { serverId: server_id[0] }),
      ...(project_id && { projectId: project_id[0] }),
      ...(user_id && { userId: user_id[0] }),
      ...(type && { type: type[0] }),
    },
    limit: Math.min(Number(limit?.[0] ?? 0) || MAX_LIMIT, MAX_LIMIT),
    ...(marker && { marker: marker[0] }),
  };
}
