/** What a path consists of; everything else in it may be a secret in the wrong place. */
const WORDS: ReadonlySet<string> = new Set([
  '',
  'v2',
  'v2.0',
  'v2.1',
  'openapi.json',
  'servers',
  'detail',
  'action',
  'remote-consoles',
  'os-console-auth-tokens',
  'consoles',
  'console',
  'sessions',
  'screenshot',
]);

/** Behind these words stands an id that may be shown. */
const IDS_FOLLOW: ReadonlySet<string> = new Set(['servers', 'sessions']);
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Query parameters whose values say nothing secret, as long as they are what they should be. */
const PLAIN: ReadonlyMap<string, RegExp> = new Map([
  ['all_tenants', /^\w{1,5}$/],
  ['limit', /^\d{1,9}$/],
  ['name', /^[\w.-]{1,24}$/],
  ['status', /^[A-Za-z_]{1,24}$/],
]);

const MASK = '***';
const LOGGED_LENGTH = 512;

/**
 * A request URL as it may stand in a log: whatever is not known to be harmless becomes `***`, wherever a client has put
 * it, and it is not endless.
 *
 * @param url path and query as the client sent them
 * @param mount the part of the path that is the application's own
 */
export function loggedUrl(url: string, mount = ''): string {
  if (mount !== '' && url.startsWith(mount)) return mount + loggedUrl(url.slice(mount.length));
  const at = url.indexOf('?');
  const path = maskPath(at < 0 ? url : url.slice(0, at));
  const masked =
    at < 0
      ? path
      : `${path}?${url
          .slice(at + 1)
          .split('&')
          .map(maskPair)
          .join('&')}`;
  return masked.length > LOGGED_LENGTH ? `${masked.slice(0, LOGGED_LENGTH)}...` : masked;
}

function maskPath(path: string): string {
  const segments = path.split('/');
  const isShown = (segment: string, index: number) =>
    WORDS.has(segment) || (UUID.test(segment) && IDS_FOLLOW.has(segments[index - 1] ?? ''));
  return segments.map((segment, index) => (isShown(segment, index) ? segment : MASK)).join('/');
}

function maskPair(pair: string): string {
  const [name = '', value = '', ...rest] = pair.split('=');
  return rest.length === 0 && PLAIN.get(name)?.test(value) ? pair : MASK;
}
