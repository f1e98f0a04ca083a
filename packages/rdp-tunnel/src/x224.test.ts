import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fuzz } from '../test/reads-or-refuses.js';
import {
  type ConnectionConfirm,
  connectionPduLength,
  encodeConnectionConfirm,
  encodeConnectionRequest,
  parseConnectionConfirm,
  parseConnectionRequest,
  SecurityProtocol,
} from './x224.js';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const bytes = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text.replaceAll(' ', ''), 'hex'));
const code = (wanted: string) => expect.objectContaining({ name: 'RdpTunnelError', code: wanted });

describe('the X.224 connection request', () => {
  it('is the one of MS-RDPBCGR §4.1.1, cookie and all', () => {
    const annotated = bytes(
      '03 00 00 2c 27 e0 00 00 00 00 00 43 6f 6f 6b 69 65 3a 20 6d 73 74 73 68 61 73 68 3d 65 6c 74 6f 6e 73 0d 0a' +
        '01 00 08 00 00 00 00 00',
    );
    const request = { requestedProtocols: 0, flags: 0, cookie: 'Cookie: mstshash=eltons' };
    expect(parseConnectionRequest(annotated)).toEqual(request);
    expect(hex(encodeConnectionRequest(request))).toBe(hex(annotated));
  });

  it('comes back as it was', () => {
    const cookie = fc.option(fc.stringMatching(/^[ -~]{1,200}$/), { nil: undefined });
    fc.assert(
      fc.property(fc.nat(0xffff_ffff), fc.nat(7), cookie, (requestedProtocols, flags, line) => {
        const request = { requestedProtocols, flags, ...(line !== undefined && { cookie: line }) };
        const encoded = encodeConnectionRequest(request);
        expect(connectionPduLength(encoded)).toBe(encoded.length);
        expect(parseConnectionRequest(encoded)).toEqual(request);
      }),
    );
  });

  it('may ask for nothing at all', () => {
    expect(parseConnectionRequest(bytes('0300000b06e00000000000'))).toEqual({
      requestedProtocols: 0,
      flags: 0,
    });
  });

  it('may carry a correlation id, whatever is in it', () => {
    const correlation = `06002400${'0d0a'.repeat(16)}`;
    const request = bytes(`0300003732e00000000000 0108080003000000 ${correlation}`);
    expect(parseConnectionRequest(request)).toEqual({ requestedProtocols: 3, flags: 8 });
  });

  it.each([
    ['a wrong length indicator', '0300000b07e00000000000'],
    ['a confirm', '0300000b06d00000000000'],
    ['a negotiation cut off', '0300001109e0000000000001000800 0000'],
    ['a cookie without an end', '0300000f0ae0000000000043 6f6f6b'],
    ['control characters in the cookie', '0300000f0ae00000000000431b0d0a'],
    ['a negotiation of another length', '030000130ee0000000000001000900 00000000'],
  ])('is refused with %s', (_name, text) => {
    expect(() => parseConnectionRequest(bytes(text))).toThrow(code('malformed'));
  });

  it.each(['', 'two\r\nlines', 'ü', 'x'.repeat(201)])('is not written with the cookie %j', (cookie) => {
    expect(() => encodeConnectionRequest({ requestedProtocols: 0, flags: 0, cookie })).toThrow(
      code('invalid-argument'),
    );
  });

  it('stands hostile bytes', () => {
    fuzz(
      parseConnectionRequest,
      encodeConnectionRequest({ requestedProtocols: 3, flags: 0, cookie: 'Cookie: mstshash=a' }),
    );
  });
});

describe('the X.224 connection confirm', () => {
  it.each<[ConnectionConfirm, string]>([
    [
      { kind: 'selected', protocol: SecurityProtocol.hybrid, flags: 0x1f },
      '030000130ed00000000000021f080002000000',
    ],
    [{ kind: 'failed', failure: 5 }, '030000130ed000000000000300080005000000'],
    [{ kind: 'unnegotiated' }, '0300000b06d00000000000'],
  ])('%j', (confirm, text) => {
    expect(hex(encodeConnectionConfirm(confirm))).toBe(text);
    expect(parseConnectionConfirm(bytes(text))).toEqual(confirm);
  });

  it('is read with the references that servers put in', () => {
    // MS-RDPBCGR §4.1.2
    const confirm = bytes('03 00 00 13 0e d0 00 00 12 34 00 02 00 08 00 00 00 00 00');
    expect(parseConnectionConfirm(confirm)).toEqual({
      kind: 'selected',
      protocol: SecurityProtocol.rdp,
      flags: 0,
    });
  });

  it.each([
    '030000130ed000000000000400080005000000',
    '030000140fd00000000000020008000200000000',
    '0300000a05d000000000',
  ])('is refused: %s', (text) => {
    expect(() => parseConnectionConfirm(bytes(text))).toThrow(code('malformed'));
  });

  it('has a bounded length, refused by its head', () => {
    expect(connectionPduLength(bytes('030001'))).toBeUndefined();
    expect(connectionPduLength(bytes('03000103'))).toBe(259);
    expect(() => connectionPduLength(bytes('03000104'))).toThrow(code('too-long'));
    expect(() => connectionPduLength(bytes('16'))).toThrow(code('malformed'));
    expect(() => connectionPduLength(bytes('03000004'))).toThrow(code('malformed'));
  });

  it('stands hostile bytes', () => {
    fuzz(parseConnectionConfirm, encodeConnectionConfirm({ kind: 'selected', protocol: 2, flags: 1 }));
  });
});
