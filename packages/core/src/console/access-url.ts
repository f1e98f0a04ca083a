import type { ConsoleType } from './console-type.js';

/**
 * The URL that opens a console, built as Nova builds it.
 *
 * `novnc` carries the token inside the query parameter `path`, because noVNC opens its socket at `/` + path; all other
 * types carry it as `token`. A base that already has a query gets `&` (Nova writes a second `?`).
 *
 * @param base the configured base URL of the type, absolute
 */
export function accessUrl(base: string, token: string, type: ConsoleType): string {
  return type === 'novnc' ? novncUrl(base, token) : `${base}${base.includes('?') ? '&' : '?'}token=${token}`;
}

function novncUrl(base: string, token: string): string {
  if (!base.includes('?')) return `${base}?path=%3Ftoken%3D${token}`;
  const [address, query] = splitAt(base, '?');
  const pairs = query === '' ? [] : query.split('&');
  const at = pairs.findIndex((pair) => pair === 'path' || pair.startsWith('path='));
  const existing = at < 0 ? '' : (pairs[at]?.slice('path='.length) ?? '');
  pairs.splice(at < 0 ? pairs.length : at, at < 0 ? 0 : 1, `path=${existing}%3Ftoken%3D${token}`);
  return `${address}?${pairs.join('&')}`;
}

function splitAt(text: string, mark: string): [string, string] {
  const at = text.indexOf(mark);
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + mark.length)];
}
