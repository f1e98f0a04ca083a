import { type Json, object, textAt } from './json.js';

/** A server whose consoles can be asked for. */
export interface Server {
  readonly id: string;
  readonly name: string;
  /** Nova's status, such as `ACTIVE` or `SHUTOFF`. */
  readonly status: string;
  readonly projectId: string;
}

export function readServer(value: Json): Server {
  const server = object(value);
  return {
    id: textAt(server, 'id'),
    name: textAt(server, 'name'),
    status: textAt(server, 'status'),
    projectId: textAt(server, 'tenant_id'),
  };
}
