import type { IncomingMessage } from 'node:http';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clientAddress, isForwarded } from './client-address.js';

const PROXIES = ['10.0.0.1', '10.0.0.2', '::ffff:10.0.0.1'];
const trustsProxy = (address: string) => PROXIES.includes(address);
const request = (remoteAddress: string | undefined, forwarded?: string) =>
  ({ socket: { remoteAddress }, headers: { 'x-forwarded-for': forwarded } }) as unknown as IncomingMessage;
const addressOf = (peer: string | undefined, forwarded?: string) =>
  clientAddress(request(peer, forwarded), trustsProxy);

describe('the address of a client', () => {
  it.each([
    ['nobody trusted is connected', '192.0.2.7', '203.0.113.9', '192.0.2.7'],
    ['the proxy says nothing', '10.0.0.1', undefined, '10.0.0.1'],
    ['one proxy', '10.0.0.1', '203.0.113.9', '203.0.113.9'],
    ['one proxy and a client that forges', '10.0.0.1', '8.8.8.8, 10.0.0.2,203.0.113.9', '203.0.113.9'],
    ['two proxies', '10.0.0.1', 'forged, 203.0.113.9 , 10.0.0.2', '203.0.113.9'],
    ['a second proxy that is not ours', '10.0.0.1', '203.0.113.9, 192.0.2.1', '192.0.2.1'],
    ['a request of the proxy itself', '10.0.0.1', '10.0.0.2', '10.0.0.2'],
    ['a proxy that writes no address', '10.0.0.1', 'unknown', '10.0.0.1'],
    ['an empty header', '10.0.0.1', '', '10.0.0.1'],
    ['IPv4 on an IPv6 socket', '::ffff:10.0.0.1', '2001:db8::7', '2001:db8::7'],
    ['a connection that is gone', undefined, '203.0.113.9', undefined],
  ])('%s', (_, peer, forwarded, expected) => {
    expect(addressOf(peer, forwarded)).toBe(expected);
  });

  it('does not depend on what the client wrote itself', () => {
    fc.assert(
      fc.property(fc.string(), (forged) => {
        expect(addressOf('10.0.0.1', `${forged}, 203.0.113.9`)).toBe('203.0.113.9');
        expect(addressOf('192.0.2.7', forged)).toBe('192.0.2.7');
      }),
    );
  });

  it('says whose headers are believed', () => {
    expect(isForwarded(request('10.0.0.1'), trustsProxy)).toBe(true);
    expect(isForwarded(request('192.0.2.7'), trustsProxy)).toBe(false);
    expect(isForwarded(request(undefined), trustsProxy)).toBe(false);
  });
});
