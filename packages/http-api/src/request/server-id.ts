import { serverNotFound } from '@remote-consoles/core';
import { shortened } from '../schema/shortened.js';

/** Longer than the id of any server. */
const MAX_LENGTH = 255;

/**
 * The server id in the path, in whatever form: Nova does not ask for UUIDs. One that no server can have is answered
 * here, so that hypervisors need not cope with it.
 *
 * @throws ConsoleError `server-not-found`
 */
export function serverIdOf(params: Readonly<Record<string, string | undefined>>): string {
  const id = params['server_id'] ?? '';
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a NUL would end the id in a C library
  if (id.length > MAX_LENGTH || /[\u0000-\u001f\u007f]/.test(id)) throw serverNotFound(shortened(id));
  return id;
}
