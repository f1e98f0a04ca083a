/** What the page takes from its own address: nothing that could point its socket anywhere else. */
export interface PageAddress {
  /** The console token, or undefined when the address has none that could be one. */
  readonly token: string | undefined;
  /** The name that a dashboard appended as `title`, as plain text. */
  readonly title: string | undefined;
}

const TOKEN = /^[A-Za-z0-9._~-]{1,256}$/;
const TITLE_LENGTH = 120;

/**
 * Reads `?path=%3Ftoken%3D<token>` (Nova's URL for noVNC), `?token=<token>` (all other types) and `title`.
 * `host`, `port`, `encrypt` and everything in `path` but its token are ignored: they are how a link makes a trusted
 * page talk to somebody else's server.
 */
export function readPageAddress(page: URL): PageAddress {
  const query = page.searchParams;
  const title = query.get('title')?.trim().slice(0, TITLE_LENGTH);
  return {
    token: asToken(last(query, 'token')) ?? tokenInPath(last(query, 'path')),
    title: title === '' ? undefined : title,
  };
}

/** The address to show once the token is taken: this page, its title, nothing else. */
export function addressWithoutToken(page: URL): URL {
  const clean = new URL(page);
  clean.hash = '';
  clean.search = '';
  const { title } = readPageAddress(page);
  if (title !== undefined) clean.searchParams.set('title', title);
  return clean;
}

/** The gateway's socket, `/?token=…` in the page's own folder, so that a prefix set by a reverse proxy holds. */
export function socketUrl(page: URL, token: string): URL {
  const socket = gatewayUrl(page, token);
  socket.protocol = page.protocol === 'https:' ? 'wss:' : 'ws:';
  return socket;
}

/** The same place for `fetch`, where the gateway says in JSON why it refuses the socket. */
export function gatewayUrl(page: URL, token: string): URL {
  const url = new URL('./', page);
  url.search = '';
  url.hash = '';
  url.searchParams.set('token', token);
  return url;
}

function tokenInPath(path: string | undefined): string | undefined {
  const question = path?.indexOf('?') ?? -1;
  if (path === undefined || question < 0) return undefined;
  return asToken(last(new URLSearchParams(path.slice(question + 1)), 'token'));
}

function asToken(text: string | undefined): string | undefined {
  return text !== undefined && TOKEN.test(text) ? text : undefined;
}

// The gateway, like Nova's, takes the last of several.
function last(query: URLSearchParams, name: string): string | undefined {
  return query.getAll(name).at(-1);
}
