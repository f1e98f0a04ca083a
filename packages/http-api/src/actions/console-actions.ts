import {
  type ConsoleType,
  type CreateRemoteConsole,
  type Microversion,
  type Policy,
  protocolOf,
} from '@remote-consoles/core';
import { serverIdOf } from '../request/server-id.js';
import type { Operation } from '../resource.js';
import { RequestSchema } from '../schema/compile-schema.js';
import type { JsonSchema } from '../schema/json-schema.js';

const LAST_VERSION: Microversion = { major: 2, minor: 5 };

/** The actions that remote-consoles replaced at 2.6, and the console types that each of them takes. */
const CONSOLE_ACTIONS = [
  { name: 'os-getVNCConsole', types: ['novnc', 'xvpvnc'] },
  { name: 'os-getSPICEConsole', types: ['spice-html5'] },
  { name: 'os-getRDPConsole', types: ['rdp-html5'] },
  { name: 'os-getSerialConsole', types: ['serial'] },
] as const;
type ConsoleAction = (typeof CONSOLE_ACTIONS)[number];
type ConsoleActionBody = Readonly<Record<ConsoleAction['name'], { readonly type: ConsoleType }>>;

/** The answer of each of these actions. */
const CONSOLE_ANSWER: JsonSchema = {
  type: 'object',
  properties: {
    console: {
      type: 'object',
      properties: {
        type: { type: 'string', enum: CONSOLE_ACTIONS.flatMap(({ types }) => types) },
        url: { type: 'string' },
      },
      required: ['type', 'url'],
      additionalProperties: false,
    },
  },
  required: ['console'],
  additionalProperties: false,
};

interface ActionDependencies {
  readonly createRemoteConsole: Pick<CreateRemoteConsole, 'execute'>;
  readonly policy: Policy;
}

/** The legacy actions by name. */
export function consoleActions(deps: ActionDependencies): ReadonlyMap<string, Operation> {
  return new Map(CONSOLE_ACTIONS.map((action) => [action.name, consoleAction(action, deps)]));
}

function consoleAction(
  { name, types }: ConsoleAction,
  { createRemoteConsole, policy }: ActionDependencies,
): Operation {
  const schema = new RequestSchema<ConsoleActionBody>(actionSchema(name, types));
  return {
    name,
    summary: `Creates a console of type ${types.join(' or ')} (up to 2.5)`,
    deprecated: true,
    until: LAST_VERSION,
    request: schema.schema,
    answer: CONSOLE_ANSWER,
    faults: [403, 404, 409, 501],
    handle: async ({ body, credentials, params, context }) => {
      const { type } = schema.parseBody(body)[name];
      // Unlike remote-consoles, Nova's actions ask the policy before they look for the server.
      const own = credentials.projectId === undefined ? {} : { projectId: credentials.projectId };
      policy.enforce('os_compute_api:os-remote-consoles', credentials, own);
      const serverId = serverIdOf(params);
      const request = { credentials, serverId, protocol: protocolOf(type), type, context };
      const { url } = await createRemoteConsole.execute(request);
      return { console: { type, url } };
    },
  };
}

function actionSchema(name: string, types: readonly ConsoleType[]): JsonSchema {
  return {
    type: 'object',
    properties: {
      [name]: {
        type: 'object',
        properties: { type: { type: 'string', enum: types } },
        required: ['type'],
        additionalProperties: false,
      },
    },
    required: [name],
    additionalProperties: false,
  };
}
