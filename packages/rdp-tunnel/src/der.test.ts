import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fuzz } from '../test/reads-or-refuses.js';
import {
  DerReader,
  DerTag,
  derElementLength,
  derExplicit,
  derInteger,
  derOctetString,
  derSequence,
  derUtf8String,
} from './der.js';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const bytes = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'hex'));
const malformed = expect.objectContaining({ name: 'RdpTunnelError', code: 'malformed' });

describe('DER', () => {
  it.each([
    [0, '020100'],
    [127, '02017f'],
    [128, '02020080'],
    [256, '02020100'],
    [3390, '02020d3e'],
    [0xc000006d, '020500c000006d'],
    [-1, '0201ff'],
    [-128, '020180'],
    [-129, '0202ff7f'],
    [0xc000006d | 0, '0204c000006d'],
  ])('writes %d as %s and reads it back', (value, encoded) => {
    expect(hex(derInteger(value))).toBe(encoded);
    expect(new DerReader(bytes(encoded)).integer()).toBe(value);
  });

  it('reads back any integer of 32 bits, octets and text', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -(2 ** 31), max: 2 ** 32 - 1 }),
        fc.uint8Array({ maxLength: 300 }),
        fc.string({ unit: 'grapheme' }),
        (n, octets, text) => {
          const reader = new DerReader(
            derSequence(derInteger(n), derOctetString(octets), derExplicit(3, derUtf8String(text))),
          );
          const fields = reader.enter(DerTag.sequence);
          expect([fields.integer(), fields.octetString()]).toEqual([n, octets]);
          expect(fields.required(3, (field) => field.utf8String())).toBe(text);
          fields.end();
          reader.end();
        },
      ),
    );
  });

  it.each([0, 127, 128, 255, 256, 65_535, 65_536])('counts %d bytes of content', (length) => {
    const element = derOctetString(new Uint8Array(length));
    expect(derElementLength(element, DerTag.octetString, 100_000)).toBe(element.length);
    expect(new DerReader(element).octetString()).toHaveLength(length);
  });

  it('bears a length in more bytes than it needs', () => {
    expect(new DerReader(bytes('0484000000010a')).octetString()).toEqual(Uint8Array.of(10));
  });

  it.each([
    ['cut off', '0405aabb'],
    ['of indefinite length', '0480aabb0000'],
    ['with a length of five bytes', '048500000000010a'],
    ['with a length cut off', '0482ff'],
    ['of another type', '0201ff'],
    ['longer than everything', '0484ffffffff'],
    ['missing', ''],
  ])('refuses an octet string %s', (_name, text) => {
    expect(() => new DerReader(bytes(text)).octetString()).toThrow(malformed);
  });

  it.each(['0200', '0206010000000000'])('refuses the integer %s', (text) => {
    expect(() => new DerReader(bytes(text)).integer()).toThrow(malformed);
  });

  it('refuses text that is not UTF-8', () => {
    expect(() => new DerReader(bytes('0c02c328')).utf8String()).toThrow(malformed);
  });

  it('refuses what is left over, in a field and behind all', () => {
    const field = new DerReader(bytes('a006020101020102'));
    expect(() => field.optional(0, (content) => content.integer())).toThrow(malformed);
    const trailing = new DerReader(bytes('02010100'));
    trailing.integer();
    expect(() => trailing.end()).toThrow(malformed);
  });

  it('tells the length as soon as the head is there, and refuses too long a one right then', () => {
    const head = bytes('30820400');
    expect([0, 1, 2, 3].map((n) => derElementLength(head.subarray(0, n), DerTag.sequence, 2000))).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
    expect(derElementLength(head, DerTag.sequence, 2000)).toBe(1028);
    expect(() => derElementLength(head, DerTag.sequence, 1027)).toThrow(
      expect.objectContaining({ code: 'too-long' }),
    );
    expect(() => derElementLength(bytes('04'), DerTag.sequence, 2000)).toThrow(malformed);
  });

  it('stands hostile bytes', () => {
    const honest = derSequence(derInteger(5), derExplicit(1, derOctetString(new Uint8Array(200))));
    fuzz((input) => {
      const fields = new DerReader(input).enter(DerTag.sequence);
      fields.integer();
      fields.optional(1, (field) => field.octetString());
      fields.end();
    }, honest);
  });
});
