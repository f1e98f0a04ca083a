import {
  type ConsoleProtocol,
  type ConsoleType,
  compareMicroversions,
  consoleProtocolsAt,
  consoleTypesAt,
  type Microversion,
} from '@remote-consoles/core';
import { RequestSchema } from '../schema/compile-schema.js';
import type { JsonSchema } from '../schema/json-schema.js';

export interface RemoteConsoleBody {
  readonly remote_console: { readonly protocol: ConsoleProtocol; readonly type: ConsoleType };
}

/** The microversion that brought remote-consoles. */
export const FIRST_VERSION: Microversion = { major: 2, minor: 6 };

/** The microversions at which the lists of protocols and types changed, the newest first. */
const REQUESTS = [{ major: 2, minor: 99 }, { major: 2, minor: 8 }, FIRST_VERSION].map((since) => ({
  since,
  schema: new RequestSchema<RemoteConsoleBody>(remoteConsoleSchema(since)),
}));

/** The schema of a request at a microversion, 2.6 or later. */
export function requestSchemaAt(version: Microversion): RequestSchema<RemoteConsoleBody> {
  const request = REQUESTS.find(({ since }) => compareMicroversions(since, version) <= 0);
  if (!request) throw new RangeError('remote-consoles does not exist before 2.6');
  return request.schema;
}

function remoteConsoleSchema(version: Microversion): JsonSchema {
  return {
    type: 'object',
    properties: {
      remote_console: {
        type: 'object',
        properties: {
          protocol: { type: 'string', enum: consoleProtocolsAt(version) },
          type: { type: 'string', enum: consoleTypesAt(version) },
        },
        required: ['protocol', 'type'],
        additionalProperties: false,
      },
    },
    required: ['remote_console'],
    additionalProperties: false,
  };
}
