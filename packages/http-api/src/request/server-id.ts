import { serverNotFound } from '@remote-consoles/core';
import { shortened } from '../schema/shortened.js';
import { isPossibleId } from './possible-id.js';

/**
 * The server id in the path, in whatever form: Nova does not ask for UUIDs. One that no server can have is answered
 * here, so that hypervisors need not cope with it.
 *
 * @throws ConsoleError `server-not-found`
 */
export function serverIdOf(params: Readonly<Record<string, string | undefined>>): string {
  const id = params['server_id'] ?? '';
  if (!isPossibleId(id)) throw serverNotFound(shortened(id));
  return id;
}
