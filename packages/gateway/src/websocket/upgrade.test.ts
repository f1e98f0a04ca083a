import { expect, test } from 'vitest';
import { checkUpgrade, switchingProtocols, type UpgradeRequest } from './upgrade.js';

/** The example of RFC 6455 §1.2. */
const KEY = 'dGhlIHNhbXBsZSBub25jZQ==';
const ACCEPT = 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=';

function request(headers: Record<string, string | undefined> = {}, rest: Partial<UpgradeRequest> = {}) {
  return {
    method: 'GET',
    httpVersionMajor: 1,
    httpVersionMinor: 1,
    headers: {
      connection: 'Upgrade',
      upgrade: 'websocket',
      'sec-websocket-version': '13',
      'sec-websocket-key': KEY,
      ...headers,
    },
    ...rest,
  };
}

test('the request of the RFC is accepted with the key of the RFC', () => {
  expect(checkUpgrade(request())).toEqual({ kind: 'accepted', accept: ACCEPT, subprotocol: undefined });
});

test.each([
  { connection: 'keep-alive, Upgrade' },
  { connection: 'UPGRADE', upgrade: 'WebSocket' },
  { 'content-length': '0' },
  { 'sec-websocket-extensions': 'permessage-deflate' },
])('%o is accepted', (headers) => {
  expect(checkUpgrade(request(headers))).toMatchObject({ kind: 'accepted' });
});

test.each([
  [{ 'sec-websocket-protocol': 'binary' }, 'binary'],
  [{ 'sec-websocket-protocol': 'base64, binary' }, 'binary'],
  [{ 'sec-websocket-protocol': 'binary,base64' }, 'binary'],
])('of %o binary is chosen', (headers, subprotocol) => {
  expect(checkUpgrade(request(headers))).toMatchObject({ kind: 'accepted', subprotocol });
});

test.each([
  [400, { connection: 'keep-alive' }],
  [426, { upgrade: 'h2c' }],
  [426, { upgrade: 'websocket, h2c' }],
  [426, { upgrade: undefined }],
  [426, { 'sec-websocket-version': '8' }],
  [426, { 'sec-websocket-version': undefined }],
  [426, { 'sec-websocket-version': '13, 8' }],
  [400, { 'sec-websocket-key': undefined }],
  [400, { 'sec-websocket-key': '' }],
  [400, { 'sec-websocket-key': 'short==' }],
  [400, { 'sec-websocket-key': `${KEY}A` }],
  [400, { 'sec-websocket-key': `${KEY}, ${KEY}` }],
  [400, { 'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZR==' }],
  [400, { 'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZ!==' }],
  [400, { 'sec-websocket-protocol': 'base64' }],
  [400, { 'sec-websocket-protocol': 'chat' }],
  [400, { 'sec-websocket-protocol': '' }],
  [400, { 'sec-websocket-protocol': 'binary, a b' }],
  [400, { 'sec-websocket-protocol': 'Binary' }],
  [400, { 'content-length': '5' }],
  [400, { 'transfer-encoding': 'chunked' }],
])('%i for %o', (status, headers) => {
  expect(checkUpgrade(request(headers))).toMatchObject({ kind: 'refused', status });
});

test('what else is refused, and what the answer must say', () => {
  expect(checkUpgrade(request({}, { method: 'POST' }))).toMatchObject({
    status: 405,
    headers: ['Allow: GET'],
  });
  expect(checkUpgrade(request({}, { httpVersionMinor: 0 }))).toMatchObject({ status: 400 });
  expect(checkUpgrade(request({}, { httpVersionMajor: 2, httpVersionMinor: 0 }))).toMatchObject({
    status: 400,
  });
  expect(checkUpgrade(request({ 'sec-websocket-version': '7' }))).toMatchObject({
    headers: ['Sec-WebSocket-Version: 13'],
  });
});

test('the answer names the subprotocol and the cookie only where there is one', () => {
  expect(switchingProtocols(ACCEPT, undefined, undefined)).toBe(
    `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${ACCEPT}\r\n\r\n`,
  );
  expect(switchingProtocols(ACCEPT, 'binary', 'a=b')).toContain(
    '\r\nSec-WebSocket-Protocol: binary\r\nSet-Cookie: a=b\r\n\r\n',
  );
});
