import type { ConsoleOperation, ConsoleResource } from '../console-namespace/console-resource.js';
import { faultReferences } from './fault-responses.js';
import { pathParameters } from './path-parameters.js';
import { queryParameters } from './query-parameters.js';
import { REQUEST_ID_HEADERS } from './request-id-headers.js';

/** What every operation below `/console` may answer, besides its own faults. */
const COMMON_FAULTS = [400, 401, 404, 413, 500, 503];

/** Describes the resources below `/console`. */
export function consolePaths(resources: readonly ConsoleResource[]): Readonly<Record<string, object>> {
  return Object.fromEntries(
    resources.map(({ path, operations }) => [
      `/console${path}`,
      {
        parameters: pathParameters(path),
        ...Object.fromEntries(
          Object.entries(operations).map(([method, operation]) => [
            method.toLowerCase(),
            describe(operation),
          ]),
        ),
      },
    ]),
  );
}

function describe({ name, summary, query, answer, faults }: ConsoleOperation): object {
  return {
    operationId: name,
    summary,
    description: 'Not a part of Nova: it knows no microversions',
    security: [{ token: [] }],
    ...(query && { parameters: queryParameters(query) }),
    responses: {
      ...(answer ? { 200: success(answer) } : { 204: { description: 'Done', headers: REQUEST_ID_HEADERS } }),
      ...faultReferences([...COMMON_FAULTS, ...faults]),
    },
  };
}

function success(answer: NonNullable<ConsoleOperation['answer']>): object {
  const content = Object.fromEntries(Object.entries(answer).map(([type, schema]) => [type, { schema }]));
  return { description: 'Success', headers: REQUEST_ID_HEADERS, content };
}
