import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fuzz } from '../test/reads-or-refuses.js';
import {
  encodePreconnectionBlob,
  parsePreconnectionBlob,
  parseVmConnectText,
  preconnectionBlobLength,
  vmConnectText,
} from './preconnection-blob.js';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const bytes = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'hex'));
const utf16 = (text: string): string => Buffer.from(text, 'utf16le').toString('hex');
const code = (wanted: string) => expect.objectContaining({ name: 'RdpTunnelError', code: wanted });
const vmId = 'B4D2A7A0-1F3C-4E5D-8A9B-0C1D2E3F4A5B';
const enhanced = `${vmId};EnhancedMode=1`;

describe('the preconnection blob', () => {
  it('is what MS-RDPEPS §4 has for version 1', () => {
    const blob = { version: 1, id: 0xeb99c6ee } as const;
    expect(hex(encodePreconnectionBlob(blob))).toBe('100000000000000001000000eec699eb');
    expect(parsePreconnectionBlob(encodePreconnectionBlob(blob))).toEqual(blob);
  });

  it.each([
    [vmId, '5c000000', '2500'],
    [enhanced, '7a000000', '3400'],
  ])('is what FreeRDP 3 and IronRDP send: one NUL behind %s', (text, size, units) => {
    const blob = encodePreconnectionBlob({ version: 2, id: 0, text });
    expect(hex(blob)).toBe(`${size}000000000200000000000000${units}${utf16(text)}0000`);
  });

  it.each([
    [vmId, '5e000000', '2600'],
    [enhanced, '7c000000', '3500'],
  ])('is read as FreeRDP 2 sends it too: two NULs behind %s', (text, size, units) => {
    const blob = bytes(`${size}000000000200000000000000${units}${utf16(text)}00000000`);
    expect(parsePreconnectionBlob(blob)).toEqual({ version: 2, id: 0, text });
  });

  it('is read without any text, as xfreerdp /pcid sends it', () => {
    const blob = bytes('12000000000000000200000007000000' + '0000');
    expect(parsePreconnectionBlob(blob)).toEqual({ version: 2, id: 7, text: '' });
  });

  it('comes back as it was, in UTF-16 units', () => {
    const text = fc.string({ unit: 'binary', maxLength: 100 }).filter((value) => !value.includes('\0'));
    fc.assert(
      fc.property(text, fc.nat(0xffff_ffff), (value, id) => {
        const blob = encodePreconnectionBlob({ version: 2, id, text: value });
        expect(preconnectionBlobLength(blob)).toBe(blob.length);
        expect(parsePreconnectionBlob(blob)).toEqual({ version: 2, id, text: value });
      }),
    );
  });

  it.each([
    ['a size below the head', '0f000000'],
    ['a version 1 with text', '14000000000000000100000000000000' + '00000000'],
    ['a version 3', '10000000000000000300000000000000'],
    ['a version 2 without a count', '10000000000000000200000000000000'],
    ['a count below the bytes', '16000000000000000200000000000000' + '010041000000'],
    ['a count above the bytes', '16000000000000000200000000000000' + '030041000000'],
    ['a text without its NUL', '14000000000000000200000000000000' + '01004100'],
    ['a NUL within the text', '1a000000000000000200000000000000' + '04004100' + '000042000000'],
    ['three NULs', '1a000000000000000200000000000000' + '04004100' + '000000000000'],
    ['bytes behind it', '1000000000000000010000000000000000'],
  ])('is refused with %s', (_name, text) => {
    expect(() => parsePreconnectionBlob(bytes(text))).toThrow(code('malformed'));
  });

  it('has a bounded size, refused by its first four bytes', () => {
    expect(preconnectionBlobLength(bytes('5c0000'))).toBeUndefined();
    expect(() => preconnectionBlobLength(bytes('ffffffff'))).toThrow(code('too-long'));
    expect(encodePreconnectionBlob({ version: 2, id: 0, text: 'x'.repeat(255) })).toHaveLength(530);
    for (const text of ['x'.repeat(256), 'a\0b']) {
      expect(() => encodePreconnectionBlob({ version: 2, id: 0, text })).toThrow(code('invalid-argument'));
    }
  });

  it('stands hostile bytes', () => {
    fuzz(parsePreconnectionBlob, encodePreconnectionBlob({ version: 2, id: 0, text: vmId }));
  });
});

describe('the text for Hyper-V', () => {
  it.each([
    [false, vmId],
    [true, enhanced],
  ])('with enhanced %s', (wanted, text) => {
    expect(vmConnectText({ vmId, enhanced: wanted })).toBe(text);
    expect(parseVmConnectText(text)).toEqual({ vmId, enhanced: wanted });
  });

  it.each(['', `{${vmId}}`, `${vmId};x`, 'name', `${vmId}\n`])('is refused for %j', (id) => {
    expect(() => vmConnectText({ vmId: id, enhanced: false })).toThrow(code('invalid-argument'));
    expect(() => parseVmConnectText(id)).toThrow(code('malformed'));
  });
});
