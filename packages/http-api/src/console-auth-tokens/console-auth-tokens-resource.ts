import {
  type ConsoleAuthorization,
  compareMicroversions,
  type Microversion,
  type ShowConnectInfo,
} from '@remote-consoles/core';
import { ApiFault } from '../fault/api-fault.js';
import type { Resource } from '../resource.js';
import { RequestSchema } from '../schema/compile-schema.js';

/** The first microversion that shows tokens of every type; before, only those of RDP are shown. */
const ALL_TYPES_SINCE: Microversion = { major: 2, minor: 31 };
/** The first that shows a TLS port, and that refuses query parameters. */
const TLS_PORT_SINCE: Microversion = { major: 2, minor: 99 };

const NO_QUERY = new RequestSchema({ type: 'object', properties: {}, additionalProperties: false });

/** `GET /os-console-auth-tokens/{console_token}`: where a token leads, for administrators and proxies. */
export function consoleAuthTokensResource(showConnectInfo: Pick<ShowConnectInfo, 'execute'>): Resource {
  return {
    path: '/os-console-auth-tokens/{console_token}',
    operations: {
      GET: {
        name: 'showConsoleConnectInfo',
        summary: 'Shows the connect information of a console token',
        answer: {
          type: 'object',
          properties: {
            console: {
              type: 'object',
              properties: {
                instance_uuid: { type: 'string' },
                host: { type: 'string' },
                port: { type: 'integer' },
                tls_port: { type: ['integer', 'null'] },
                internal_access_path: { type: ['string', 'null'] },
              },
              required: ['instance_uuid', 'host', 'port', 'internal_access_path'],
              additionalProperties: false,
            },
          },
          required: ['console'],
          additionalProperties: false,
        },
        faults: [403, 404],
        handle: async ({ version, query, credentials, params, context }) => {
          if (compareMicroversions(version, TLS_PORT_SINCE) >= 0) NO_QUERY.parseQuery(query());
          const token = params['console_token'] ?? '';
          const authorization = await showConnectInfo.execute({ credentials, token, context });
          return { console: connectInfoAt(version, authorization) };
        },
      },
    },
  };
}

function connectInfoAt(version: Microversion, { type, serverId, connectInfo }: ConsoleAuthorization): object {
  if (compareMicroversions(version, ALL_TYPES_SINCE) < 0 && type !== 'rdp-html5') {
    throw new ApiFault(401, 'The requested console type details are not accessible');
  }
  const showsTlsPort = type === 'spice-direct' && compareMicroversions(version, TLS_PORT_SINCE) >= 0;
  return {
    instance_uuid: serverId,
    host: connectInfo.host,
    port: connectInfo.port,
    ...(showsTlsPort && { tls_port: connectInfo.tlsPort }),
    internal_access_path: connectInfo.internalAccessPath,
  };
}
