import { expect, test } from 'vitest';
import { HEAD_ROOM, writeBinaryHeader } from './frame-header.js';

test.each([
  [0, [0x82, 0x00]],
  [125, [0x82, 125]],
  [126, [0x82, 126, 0, 126]],
  [127, [0x82, 126, 0, 127]],
  [65_535, [0x82, 126, 0xff, 0xff]],
  [65_536, [0x82, 127, 0, 0, 0, 0, 0, 1, 0, 0]],
  [2 ** 40 + 258, [0x82, 127, 0, 0, 1, 0, 0, 0, 1, 2]],
])('a payload of %i bytes gets the shortest header, right before it', (length, header) => {
  const buffer = Buffer.alloc(HEAD_ROOM + 3, 0xee);
  const start = writeBinaryHeader(buffer, HEAD_ROOM, length);
  expect([...buffer.subarray(start, HEAD_ROOM)]).toEqual(header);
  expect([...buffer.subarray(0, start)].every((byte) => byte === 0xee)).toBe(true);
  expect([...buffer.subarray(HEAD_ROOM)]).toEqual([0xee, 0xee, 0xee]);
});
