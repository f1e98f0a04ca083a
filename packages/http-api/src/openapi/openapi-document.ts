import { formatMicroversion } from '@remote-consoles/core';
import type { ConsoleResource } from '../console-namespace/console-resource.js';
import { VERSION_SCHEMA, VERSIONS_SCHEMA } from '../discovery/version-documents.js';
import { MAX_VERSION, MIN_VERSION } from '../microversion/supported-versions.js';
import type { Operation, Resource } from '../resource.js';
import type { JsonSchema } from '../schema/json-schema.js';
import { consolePaths } from './console-paths.js';
import { FAULT_RESPONSES, faultReferences } from './fault-responses.js';
import { pathParameters } from './path-parameters.js';
import { queryParameters } from './query-parameters.js';
import { REQUEST_ID_HEADERS } from './request-id-headers.js';

/** What every operation below a version may answer, besides its own faults. */
const COMMON_FAULTS = [400, 401, 404, 406, 413, 415, 429, 500, 503];

/** Describes the API in OpenAPI 3.1, from the very schemas that validate its requests. */
export function openApiDocument(
  resources: readonly Resource[],
  consoleResources: readonly ConsoleResource[],
): object {
  const paths = resources.flatMap(({ path, operations, actions }): [string, object][] => {
    const item = {
      ...(operations.GET && { get: operation(operations.GET) }),
      ...(operations.POST && { post: operation(operations.POST) }),
      ...(actions && { post: actionOperation([...actions.values()]) }),
    };
    return [
      [`/v2.1${path}`, { parameters: pathParameters(path), ...item }],
      [
        `/v2.1/{project_id}${path}`,
        { parameters: pathParameters(`/{project_id}${path}`), ...inProject(item) },
      ],
    ];
  });
  return {
    openapi: '3.1.0',
    info: {
      title: 'Remote consoles',
      summary: "Nova's API for the consoles of servers",
      version: formatMicroversion(MAX_VERSION),
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    paths: { ...DISCOVERY_PATHS, ...Object.fromEntries(paths), ...consolePaths(consoleResources) },
    components: COMPONENTS,
  };
}

const VERSION_HEADERS = {
  ...REQUEST_ID_HEADERS,
  'OpenStack-API-Version': { $ref: '#/components/headers/ComputeMicroversion' },
  'X-OpenStack-Nova-API-Version': { $ref: '#/components/headers/Microversion' },
};
const RANGE = `${formatMicroversion(MIN_VERSION)} to ${formatMicroversion(MAX_VERSION)}`;

const COMPONENTS = {
  securitySchemes: { token: { type: 'apiKey', in: 'header', name: 'X-Auth-Token' } },
  headers: {
    RequestId: {
      description: 'The id of the request in the log; both headers carry the same',
      required: true,
      schema: { type: 'string', pattern: '^req-[0-9a-f-]{36}$' },
    },
    ComputeMicroversion: { required: true, schema: { type: 'string', pattern: '^compute \\d+\\.\\d+$' } },
    Microversion: { required: true, schema: { type: 'string', pattern: '^\\d+\\.\\d+$' } },
  },
  parameters: {
    Microversion: {
      name: 'OpenStack-API-Version',
      in: 'header',
      description: `\`compute\` and a microversion, ${RANGE}, or \`latest\``,
      schema: { type: 'string', default: `compute ${formatMicroversion(MIN_VERSION)}` },
    },
  },
  responses: FAULT_RESPONSES,
};

const DISCOVERY_PATHS = {
  '/': document('listVersions', 'Lists the versions of the API', VERSIONS_SCHEMA),
  '/openapi.json': document('showOpenApi', 'Shows this document', { type: 'object' }),
  '/v2.1': { get: showVersion('showVersion') },
  '/v2.1/': { get: showVersion('showVersionWithSlash') },
  '/v2.1/{project_id}': projectVersion('showVersionInProject'),
  '/v2.1/{project_id}/': projectVersion('showVersionInProjectWithSlash'),
};

function showVersion(operationId: string) {
  return {
    operationId,
    summary: 'Shows the version of the API',
    parameters: [{ $ref: '#/components/parameters/Microversion' }],
    responses: {
      200: success(VERSION_SCHEMA, VERSION_HEADERS),
      ...faultReferences([400, 406, 415, 500]),
    },
  };
}

function projectVersion(operationId: string): object {
  const { responses, ...operation } = showVersion(operationId);
  const security = [{ token: [] }];
  return {
    parameters: pathParameters('/{project_id}'),
    get: { ...operation, security, responses: { ...responses, ...faultReferences(COMMON_FAULTS) } },
  };
}

function document(operationId: string, summary: string, schema: JsonSchema): object {
  return {
    get: {
      operationId,
      summary,
      responses: { 200: success(schema, REQUEST_ID_HEADERS), ...faultReferences([500]) },
    },
  };
}

interface DescribedOperation {
  readonly operationId: string;
  readonly [field: string]: unknown;
}

function operation(operation: Omit<Operation, 'handle'>): DescribedOperation {
  const { name, summary, deprecated, since, until, request, query, answer, faults } = operation;
  return {
    operationId: name,
    summary,
    description: lifetime(since, until),
    security: [{ token: [] }],
    ...(deprecated && { deprecated }),
    parameters: [{ $ref: '#/components/parameters/Microversion' }, ...(query ? queryParameters(query) : [])],
    ...(request && { requestBody: { required: true, content: { 'application/json': { schema: request } } } }),
    responses: {
      ...(answer && { 200: success(answer, VERSION_HEADERS) }),
      ...faultReferences([...COMMON_FAULTS, ...faults]),
    },
  };
}

/** All actions of a resource share one path and one method. */
function actionOperation(actions: readonly Operation[]): DescribedOperation {
  return operation({
    name: 'serverAction',
    summary: actions.map(({ name, summary }) => `${name}: ${summary}`).join('; '),
    request: { oneOf: actions.map(({ request }) => request) },
    answer: { anyOf: [...new Set(actions.map(({ answer }) => answer))] },
    faults: [...new Set(actions.flatMap(({ faults }) => faults))],
  });
}

/** The same operations under the path that names the project; ids of operations must differ. */
function inProject(item: Readonly<Record<string, DescribedOperation>>): object {
  return Object.fromEntries(
    Object.entries(item).map(([method, described]) => [
      method,
      { ...described, operationId: `${described.operationId}InProject` },
    ]),
  );
}

function success(schema: JsonSchema, headers: object): object {
  const content = { schema };
  return {
    description: 'Success',
    headers,
    content: { 'application/json': content, 'application/vnd.openstack.compute+json': content },
  };
}

function lifetime(since = MIN_VERSION, until = MAX_VERSION): string {
  return `Microversions ${formatMicroversion(since)} to ${formatMicroversion(until)}`;
}
