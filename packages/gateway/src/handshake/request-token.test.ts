import type { TokenDigest } from '@remote-consoles/core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cookieValue, requestToken, sessionCookie } from './request-token.js';

const request = (url: string | undefined, cookie?: string) => ({ url, headers: { cookie } });

test.each([
  ['/?token=a', undefined, 'a'],
  ['/?token=a&token=b', undefined, 'b'],
  ['/x/y?title=1&token=a#', undefined, 'a#'],
  ['/?token=%61%2Bb+c', undefined, 'a+b c'],
  ['/?token=', 'token=c', ''],
  ['/?Token=a', 'token=c', 'c'],
  ['/', 'token=c', 'c'],
  ['/', undefined, undefined],
  [undefined, undefined, undefined],
])('%j with cookie %j has the token %j', (url, cookie, token) => {
  expect(requestToken(request(url, cookie))).toBe(token);
});

test.each([
  ['token=a', 'a'],
  ['a=b; token=c; d=e', 'c'],
  ['a=b;token=c', 'c'],
  [' token = c ', 'c'],
  ['token=a=b', 'a=b'],
  ['garbage; ;=;token=c', 'c'],
  ['token=a; token=b', 'b'],
  ['nottoken=a', undefined],
  ['', undefined],
])('the cookie header %j has %j', (header, value) => {
  expect(cookieValue(header, 'token')).toBe(value);
});

test('no request makes it throw', () => {
  fc.assert(
    fc.property(fc.string(), fc.option(fc.string(), { nil: undefined }), (url, cookie) => {
      const token = requestToken(request(url, cookie));
      expect(token === undefined || typeof token === 'string').toBe(true);
    }),
  );
});

test('the session cookie can be found again by its name', () => {
  const digest = 'abcdef0123456789'.repeat(4) as TokenDigest;
  const cookie = sessionCookie(digest, 'key-1', 60, true);
  expect(cookie).toBe(
    'console_session_abcdef0123456789=key-1; Path=/; Max-Age=60; HttpOnly; SameSite=Strict; Secure',
  );
  expect(cookieValue(cookie.split(';')[0], 'console_session_abcdef0123456789')).toBe('key-1');
});
