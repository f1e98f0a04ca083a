import { CONSOLE_TYPES, type ConsoleSession, protocolOf } from '@remote-consoles/core';
import type { JsonSchema } from '../schema/json-schema.js';

const text: JsonSchema = { type: 'string' };
const optional: JsonSchema = { type: ['string', 'null'] };
const time: JsonSchema = { type: 'string', pattern: '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z$' };
const bytes: JsonSchema = { type: 'integer', minimum: 0 };

/** A session as it is shown. */
export const SESSION: JsonSchema = {
  type: 'object',
  properties: {
    id: text,
    gateway: text,
    server_id: text,
    project_id: text,
    user_id: text,
    protocol: text,
    type: { enum: CONSOLE_TYPES },
    request_id: text,
    client_address: optional,
    security: optional,
    opened_at: time,
    active_at: time,
    bytes_down: bytes,
    bytes_up: bytes,
  },
  required: ['id', 'gateway', 'server_id', 'project_id', 'user_id', 'protocol', 'type', 'request_id'],
  additionalProperties: false,
};

/** Everything that an operator may know; the digest of the token is nobody's business. */
export function showSession(session: ConsoleSession): object {
  return {
    id: session.id,
    gateway: session.gateway,
    server_id: session.serverId,
    project_id: session.projectId,
    user_id: session.userId,
    protocol: protocolOf(session.type),
    type: session.type,
    request_id: session.requestId,
    client_address: session.clientAddress ?? null,
    security: session.security ?? null,
    opened_at: new Date(session.openedAt).toISOString(),
    active_at: new Date(session.lastActivity).toISOString(),
    bytes_down: session.bytesDown,
    bytes_up: session.bytesUp,
  };
}
