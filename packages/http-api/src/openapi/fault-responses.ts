import { faultKey } from '../fault/error-status.js';
import type { JsonSchema } from '../schema/json-schema.js';
import { REQUEST_ID_HEADERS } from './request-id-headers.js';

/** Every status of a fault, and what it means. */
const MEANINGS: Readonly<Record<number, string>> = {
  400: 'The request is malformed, or such a console cannot be had from this server',
  401: 'No valid token',
  403: 'The policy forbids it',
  404: 'There is no such thing, or not at this microversion',
  405: 'The path does not have this method',
  406: 'The microversion is not supported',
  409: 'The server is in a state without consoles',
  410: 'Removed',
  413: 'The body is too large',
  415: 'The body is not JSON',
  429: 'Too many',
  500: 'An error that nobody expected',
  501: 'The hypervisor has no such console',
  503: 'A hypervisor, the identity service or the token store does not answer',
};

/** The responses component: `Fault404` and its siblings. */
export const FAULT_RESPONSES = Object.fromEntries(
  Object.entries(MEANINGS).map(([status, description]) => [
    `Fault${status}`,
    {
      description,
      headers: REQUEST_ID_HEADERS,
      content: { 'application/json': { schema: faultSchema(Number(status)) } },
    },
  ]),
);

/** References to the responses of these statuses, by status. */
export function faultReferences(statuses: readonly number[]): Readonly<Record<string, object>> {
  return Object.fromEntries(
    statuses.map((status) => [status, { $ref: `#/components/responses/Fault${status}` }]),
  );
}

function faultSchema(status: number): JsonSchema {
  const fault = keyed(faultKey(status), { code: { const: status }, message: { type: 'string' } });
  if (status !== 401) return fault;
  const title = { const: 'Unauthorized' };
  return {
    anyOf: [keyed('error', { code: { const: 401 }, title, message: { type: 'string' } }), fault],
  };
}

function keyed(key: string, properties: JsonSchema): JsonSchema {
  const content = {
    type: 'object',
    properties,
    required: Object.keys(properties),
    additionalProperties: false,
  };
  return { type: 'object', properties: { [key]: content }, required: [key], additionalProperties: false };
}
