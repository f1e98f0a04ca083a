import type { Credentials, RequestContext } from '@remote-consoles/core';
import type { JsonSchema } from '../schema/json-schema.js';

/** A request for a resource of our own, from somebody who is known. */
export interface ConsoleCall {
  readonly credentials: Credentials;
  /** The path's parameters, decoded. */
  readonly params: Readonly<Record<string, string | undefined>>;
  readonly context: RequestContext;
}

/** The body of a 200. */
export type ConsoleAnswer =
  | { readonly kind: 'json'; readonly body: object }
  | { readonly kind: 'picture'; readonly mediaType: 'image/png'; readonly data: Uint8Array };

export interface ConsoleOperation {
  /** The operation's name in the OpenAPI document. */
  readonly name: string;
  readonly summary: string;
  /** The body of a 200, by media type. */
  readonly answer: Readonly<Record<string, JsonSchema>>;
  /** Statuses of faults besides those that every operation may answer. */
  readonly faults: readonly number[];
  readonly handle: (call: ConsoleCall) => Promise<ConsoleAnswer>;
}

/** Something that Nova does not have, below `/console`. It knows no microversions and no project in the path. */
export interface ConsoleResource {
  /** With parameters in braces, without `/console`: `/servers/{server_id}/screenshot`. */
  readonly path: string;
  readonly operations: { readonly GET: ConsoleOperation };
}
