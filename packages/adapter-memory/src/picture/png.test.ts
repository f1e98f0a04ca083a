import fc from 'fast-check';
import { expect, it } from 'vitest';
import { decodePng } from '../../test/support/decode-png.js';
import { encodePng } from './png.js';

const size = fc.integer({ min: 1, max: 12 });
const picture = fc.tuple(size, size).chain(([width, height]) => {
  const pixels = fc.uint32Array({ minLength: width * height, maxLength: width * height, max: 0xffffff });
  return fc.record({ width: fc.constant(width), height: fc.constant(height), pixels });
});

it('a PNG keeps every pixel', async () => {
  await fc.assert(
    fc.asyncProperty(picture, async (drawn) => {
      expect(decodePng(await encodePng(drawn))).toEqual(drawn);
    }),
  );
});

it('a PNG has the header and the end that every other has', async () => {
  const png = await encodePng({ width: 1, height: 1, pixels: Uint32Array.of(0xff0000) });
  const hex = Buffer.from(png).toString('hex');
  expect(hex.slice(0, 66)).toBe('89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de');
  expect(hex.slice(-24)).toBe('0000000049454e44ae426082');
});
