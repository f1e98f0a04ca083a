import type { TokenDigest } from '@remote-consoles/core';

/** What a token can be looked for in. */
export interface TokenCarrier {
  readonly url?: string | undefined;
  readonly headers: { readonly cookie?: string | undefined };
}

/** The token of a request: the last `token` of the query or, without any, the cookie `token`. */
export function requestToken(request: TokenCarrier): string | undefined {
  const url = request.url ?? '';
  const question = url.indexOf('?');
  const fromQuery = question < 0 ? undefined : lastInQuery(url.slice(question + 1), 'token');
  return fromQuery ?? cookieValue(request.headers.cookie, 'token');
}

function lastInQuery(query: string, name: string): string | undefined {
  return new URLSearchParams(query).getAll(name).at(-1);
}

/** The last cookie of that name; parts that are no pair are skipped. */
export function cookieValue(header: string | undefined, name: string): string | undefined {
  if (header === undefined) return undefined;
  let value: string | undefined;
  for (const part of header.split(';')) {
    const equals = part.indexOf('=');
    if (equals > 0 && part.slice(0, equals).trim() === name) value = part.slice(equals + 1).trim();
  }
  return value;
}

/** Name of the cookie that lets further sockets join the session of a token; it tells nothing about the token. */
export function sessionCookieName(digest: TokenDigest): string {
  return `console_session_${digest.slice(0, 16)}`;
}

/**
 * Value of the Set-Cookie header.
 *
 * @param maxAge s; no longer than the token is good for
 */
export function sessionCookie(
  digest: TokenDigest,
  sessionKey: string,
  maxAge: number,
  secure: boolean,
): string {
  const attributes = `Path=/; Max-Age=${maxAge}; HttpOnly; SameSite=Strict${secure ? '; Secure' : ''}`;
  return `${sessionCookieName(digest)}=${sessionKey}; ${attributes}`;
}
