import { CONSOLE_PROTOCOLS, CONSOLE_TYPES, type CreateRemoteConsole } from '@remote-consoles/core';
import { MAX_VERSION } from '../microversion/supported-versions.js';
import { serverIdOf } from '../request/server-id.js';
import type { Resource } from '../resource.js';
import { FIRST_VERSION, requestSchemaAt } from './remote-consoles-schema.js';

/** `POST /servers/{server_id}/remote-consoles`: a URL that opens a console. */
export function remoteConsolesResource(createRemoteConsole: Pick<CreateRemoteConsole, 'execute'>): Resource {
  return {
    path: '/servers/{server_id}/remote-consoles',
    operations: {
      POST: {
        name: 'createRemoteConsole',
        summary: 'Creates a console (since 2.6; mks since 2.8, spice-direct since 2.99)',
        since: FIRST_VERSION,
        request: requestSchemaAt(MAX_VERSION).schema,
        answer: {
          type: 'object',
          properties: {
            remote_console: {
              type: 'object',
              properties: {
                protocol: { type: 'string', enum: CONSOLE_PROTOCOLS },
                type: { type: 'string', enum: CONSOLE_TYPES },
                url: { type: 'string' },
              },
              required: ['protocol', 'type', 'url'],
              additionalProperties: false,
            },
          },
          required: ['remote_console'],
          additionalProperties: false,
        },
        faults: [403, 404, 409, 501],
        handle: async ({ body, version, credentials, params, context }) => {
          const { protocol, type } = requestSchemaAt(version).parseBody(body).remote_console;
          const serverId = serverIdOf(params);
          const console = await createRemoteConsole.execute({
            credentials,
            serverId,
            protocol,
            type,
            context,
          });
          return { remote_console: { protocol, type, url: console.url } };
        },
      },
    },
  };
}
