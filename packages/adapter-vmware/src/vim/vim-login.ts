import type { Secret } from '@remote-consoles/core';
import { element, parseXml } from '@remote-consoles/soap-xml';
import { VimUnavailable } from '../soap/vim-error.js';
import { SERVICE_INSTANCE } from './managed-object.js';
import { parseServiceContent } from './service-content.js';
import { callVim, VimClient } from './vim-client.js';
import type { VimEndpoint } from './vim-endpoint.js';

export interface VimAccount {
  readonly user: string;
  readonly password: Secret;
}

/** What a server that does not list its versions is spoken to in: vSphere 6.5 has every call that is needed. */
const FALLBACK_VERSION = '6.5';

/**
 * Opens a session.
 *
 * No cookie of an earlier session is sent: a login in a session that is logged in already is refused.
 *
 * @param timeout ms for the login, and for each call of the session
 * @throws VimFault `InvalidLogin` for a wrong user or password; VimUnavailable
 */
export async function logIn(endpoint: VimEndpoint, account: VimAccount, timeout: number): Promise<VimClient> {
  const signal = AbortSignal.timeout(timeout);
  const version = await newestVersion(endpoint, signal);
  const contentCall = {
    object: SERVICE_INSTANCE,
    method: 'RetrieveServiceContent',
    parameters: [],
    signal,
  };
  const content = parseServiceContent((await callVim(endpoint, { version }, contentCall)).values[0]);
  const { cookie } = await callVim(
    endpoint,
    { version },
    {
      object: content.sessionManager,
      method: 'Login',
      parameters: [element('userName', account.user), element('password', account.password.reveal())],
      signal,
    },
  );
  if (cookie === undefined) throw new VimUnavailable('a login without session cookie');
  return new VimClient({ endpoint, identity: { version, cookie }, content, timeout });
}

/**
 * The server's newest version of the API. A server leaves out of its answers what is newer than the version it is
 * asked in, such as a ticket's SHA-256 thumbprints.
 */
async function newestVersion(endpoint: VimEndpoint, signal: AbortSignal): Promise<string> {
  const answer = await endpoint.send({ path: '/sdk/vimServiceVersions.xml', signal });
  return (answer.status === 200 && parseNewestVersion(answer.body)) || FALLBACK_VERSION;
}

/** Reads `vimServiceVersions.xml`; undefined where it names no version of `urn:vim25`. */
export function parseNewestVersion(text: string): string | undefined {
  try {
    const spaces = parseXml(text).all('namespace');
    const version = spaces.find((space) => space.textOf('name') === 'urn:vim25')?.textOf('version');
    return version !== undefined && /^\d{1,4}(\.\d{1,4}){0,5}$/.test(version) ? version : undefined;
  } catch {
    return undefined;
  }
}
