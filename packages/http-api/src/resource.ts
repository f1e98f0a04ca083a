import type { Credentials, Microversion, RequestContext } from '@remote-consoles/core';
import type { JsonBody } from './request/json-body.js';
import type { JsonSchema } from './schema/json-schema.js';

/** A request that has passed every check that does not depend on the operation. */
export interface ApiCall {
  readonly credentials: Credentials;
  readonly version: Microversion;
  /** The path's parameters, decoded. */
  readonly params: Readonly<Record<string, string | undefined>>;
  readonly body: JsonBody;
  readonly context: RequestContext;
  readonly query: () => URLSearchParams;
  /** Where links to the API's own resources start. */
  readonly links: () => LinkBase;
}

export interface LinkBase {
  /** `https://host/v2.1`, with the project where the request's path named one. */
  readonly self: string;
  /** The same without the version. */
  readonly bookmark: string;
}

/** One thing that a client can ask: how it is described and how it is done. */
export interface Operation {
  /** The operation's name in the OpenAPI document. */
  readonly name: string;
  readonly summary: string;
  readonly deprecated?: boolean;
  /** The first and the last microversion that have it; outside of them it does not exist. */
  readonly since?: Microversion;
  readonly until?: Microversion;
  /** The newest form of the body, for the OpenAPI document. */
  readonly request?: JsonSchema;
  /** The query parameters' schema, each a list of values. */
  readonly query?: JsonSchema;
  /** The body of a 200; absent where the operation never succeeds. */
  readonly answer?: JsonSchema;
  /** Statuses of faults besides those that every operation may answer. */
  readonly faults: readonly number[];
  /** Validates what was asked, does it and returns the answer's body. */
  readonly handle: (call: ApiCall) => Promise<object>;
}

export type Method = 'GET' | 'POST';

/** A path below `/v2.1`, and below `/v2.1/{project_id}`. */
export interface Resource {
  /** With parameters in braces: `/servers/{server_id}`. */
  readonly path: string;
  readonly operations: Partial<Readonly<Record<Method, Operation>>>;
  /** Instead of a POST operation: one for each name that can be the only key of the body (Nova's actions). */
  readonly actions?: ReadonlyMap<string, Operation>;
}
