/** Query parameters whose values say nothing secret. */
const PLAIN: ReadonlySet<string> = new Set(['all_tenants', 'limit', 'marker', 'name', 'status']);
const LOGGED_LENGTH = 512;

/**
 * A request URL as it may stand in a log: whatever can hold a console token becomes `***`, and it is not endless.
 *
 * @param url path and query as the client sent them
 */
export function loggedUrl(url: string): string {
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
  if (!/token|%/i.test(path)) return path;
  const segments = path.split('/');
  const at = segments.findIndex((segment) => decoded(segment).toLowerCase().includes('token'));
  return at < 0 ? path : [...segments.slice(0, at), 'os-console-auth-tokens', '***'].join('/');
}

function maskPair(pair: string): string {
  const name = pair.split('=', 1)[0] ?? '';
  return PLAIN.has(name) ? pair : '***';
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment.replaceAll(/%[0-9a-f]{2}/gi, (byte) =>
      String.fromCharCode(Number.parseInt(byte.slice(1), 16)),
    );
  }
}
