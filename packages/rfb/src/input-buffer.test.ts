import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InputBuffer } from './input-buffer.js';

describe('InputBuffer', () => {
  it('returns what was pushed, in whatever pieces it came and went', () => {
    const pieces = fc.array(fc.uint8Array({ maxLength: 600 }), { maxLength: 20 });
    fc.assert(
      fc.property(pieces, fc.array(fc.nat(700), { maxLength: 20 }), (pieces, reads) => {
        const buffer = new InputBuffer(1 << 20);
        const taken: number[] = [];
        pieces.forEach((piece, i) => {
          buffer.push(piece);
          taken.push(...buffer.readBytes(Math.min(buffer.length, reads[i] ?? 0)));
        });
        expect([...taken, ...buffer.takeAll()]).toEqual(pieces.flatMap((piece) => [...piece]));
        expect(buffer.length).toBe(0);
      }),
    );
  });

  it('keeps its own copy: the sender may reuse its memory', () => {
    const buffer = new InputBuffer(16);
    const chunk = Uint8Array.of(1, 2, 3);
    buffer.push(chunk);
    chunk.fill(9);
    expect([...buffer.readBytes(3)]).toEqual([1, 2, 3]);
  });

  it('holds its limit and not a byte more', () => {
    const buffer = new InputBuffer(4);
    buffer.push(Uint8Array.of(1, 2, 3, 4));
    expect(() => buffer.push(Uint8Array.of(5))).toThrow(expect.objectContaining({ code: 'too-long' }));
    buffer.skip(1);
    buffer.push(Uint8Array.of(5));
    expect([...buffer.takeAll()]).toEqual([2, 3, 4, 5]);
  });

  it('reads big-endian numbers and refuses to read what is not there', () => {
    const buffer = new InputBuffer(16);
    buffer.push(Uint8Array.of(1, 2, 3, 255, 255, 255, 254));
    expect(buffer.peekU16(1)).toBe(0x0203);
    expect([buffer.readU8(), buffer.readU16(), buffer.readI32()]).toEqual([1, 0x0203, -2]);
    expect(() => buffer.readU8()).toThrow(RangeError);
    expect(() => buffer.readBytes(1)).toThrow(RangeError);
  });
});
