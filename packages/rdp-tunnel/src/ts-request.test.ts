import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fuzz } from '../test/reads-or-refuses.js';
import { encodeTsCredentials, parseTsCredentials } from './ts-credentials.js';
import { encodeTsRequest, parseTsRequest, tsRequestLength } from './ts-request.js';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const bytes = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'hex'));
const code = (wanted: string) => expect.objectContaining({ name: 'RdpTunnelError', code: wanted });

describe('a TSRequest', () => {
  it('is this DER with a token', () => {
    expect(hex(encodeTsRequest({ version: 6, negoToken: Uint8Array.of(0xaa) }))).toBe(
      '3010a003020106a10930073005a0030401aa',
    );
  });

  it('is this DER with an error, a number that Windows and FreeRDP write as negative', () => {
    const request = '300da003020106a4060204c000006d';
    expect(hex(encodeTsRequest({ version: 6, errorCode: 0xc000006d }))).toBe(request);
    expect(parseTsRequest(bytes(request))).toMatchObject({ errorCode: 0xc000006d });
    expect(parseTsRequest(bytes('300ea003020106a407020500c000006d'))).toMatchObject({
      errorCode: 0xc000006d,
    });
  });

  it('comes back as it was', () => {
    const octets = fc.option(fc.uint8Array({ maxLength: 600 }), { nil: undefined });
    const any = fc.record({
      version: fc.integer({ min: 2, max: 9 }),
      negoToken: octets,
      authInfo: octets,
      pubKeyAuth: octets,
      errorCode: fc.option(fc.nat(0xffff_ffff), { nil: undefined }),
      clientNonce: octets,
    });
    fc.assert(
      fc.property(any, (request) => {
        const encoded = encodeTsRequest(request);
        expect(tsRequestLength(encoded)).toBe(encoded.length);
        expect(parseTsRequest(encoded)).toEqual(request);
      }),
    );
  });

  it.each([
    ['of no version', '3000'],
    ['of version 1', '3005a003020101'],
    ['of a negative version', '3005a0030201ff'],
    ['with bytes behind it', '3005a00302010600'],
    ['with an unknown field', '300aa003020106a603020101'],
    ['with two tokens', '301ba003020106a11430123007a0050403aabbcc3007a0050403aabbcc'],
  ])('is refused %s', (_name, text) => {
    expect(() => parseTsRequest(bytes(text))).toThrow(code('malformed'));
  });

  it('has a bounded length, refused by its head', () => {
    expect(tsRequestLength(bytes('3082'))).toBeUndefined();
    expect(tsRequestLength(bytes('30823ffc'))).toBe(16_384);
    expect(() => tsRequestLength(bytes('30823ffd'))).toThrow(code('too-long'));
    expect(() => tsRequestLength(bytes('3084ffffffff'))).toThrow(code('too-long'));
    expect(() => tsRequestLength(bytes('03'))).toThrow(code('malformed'));
  });

  it('stands hostile bytes', () => {
    const octets = new Uint8Array(40).fill(3);
    fuzz(
      parseTsRequest,
      encodeTsRequest({ version: 6, negoToken: octets, pubKeyAuth: octets, clientNonce: octets }),
    );
  });
});

describe('TSCredentials', () => {
  it('are this DER', () => {
    expect(hex(encodeTsCredentials({ domain: '', user: 'u', password: 'p' }))).toBe(
      '301ba003020101a11404123010a0020400a10404027500a20404027000',
    );
  });

  it('come back as they were, in UTF-16 units', () => {
    const text = fc.string({ unit: 'binary', maxLength: 60 });
    fc.assert(
      fc.property(fc.record({ domain: text, user: text, password: text }), (credentials) => {
        expect(parseTsCredentials(encodeTsCredentials(credentials))).toEqual(credentials);
      }),
    );
  });

  it('are refused when they are no password', () => {
    const card = encodeTsCredentials({ domain: '', user: 'u', password: 'p' });
    card[6] = 2;
    expect(() => parseTsCredentials(card)).toThrow(code('malformed'));
  });

  it('stand hostile bytes', () =>
    fuzz(parseTsCredentials, encodeTsCredentials({ domain: 'd', user: 'u', password: 'p' })));
});
