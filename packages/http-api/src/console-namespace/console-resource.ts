import type { Credentials, RequestContext } from '@remote-consoles/core';
import type { JsonSchema } from '../schema/json-schema.js';

/** A request for a resource of our own, from somebody who is known. */
export interface ConsoleCall {
  readonly credentials: Credentials;
  /** The path's parameters, decoded. */
  readonly params: Readonly<Record<string, string | undefined>>;
  readonly query: () => URLSearchParams;
  /** Where the API is reached, without a trailing slash. */
  readonly base: () => string;
  readonly context: RequestContext;
}

/** What a request is answered with: 200 and a body, or 204. */
export type ConsoleAnswer =
  | { readonly kind: 'done' }
  | { readonly kind: 'json'; readonly body: object }
  | { readonly kind: 'picture'; readonly mediaType: 'image/png'; readonly data: Uint8Array };

export interface ConsoleOperation {
  /** The operation's name in the OpenAPI document. */
  readonly name: string;
  readonly summary: string;
  readonly query?: JsonSchema;
  /** The body of a 200, by media type; absent where the answer is a 204. */
  readonly answer?: Readonly<Record<string, JsonSchema>>;
  /** Statuses of faults besides those that every operation may answer. */
  readonly faults: readonly number[];
  readonly handle: (call: ConsoleCall) => Promise<ConsoleAnswer>;
}

/** The methods that resources below `/console` may have. */
export const CONSOLE_METHODS = ['GET', 'DELETE'] as const;
export type ConsoleMethod = (typeof CONSOLE_METHODS)[number];

/** Something that Nova does not have, below `/console`. It knows no microversions and no project in the path. */
export interface ConsoleResource {
  /** With parameters in braces, without `/console`: `/servers/{server_id}/screenshot`. */
  readonly path: string;
  readonly operations: Readonly<Partial<Record<ConsoleMethod, ConsoleOperation>>>;
}
