import { isUtf8 } from 'node:buffer';
import { expect, test } from 'vitest';
import { closeFrame, pingFrame, pongFrame } from './control-frame.js';

test('ping and pong carry their payload unmasked', () => {
  expect([...pingFrame()]).toEqual([0x89, 0]);
  expect([...pongFrame(Uint8Array.of(1, 2, 3))]).toEqual([0x8a, 3, 1, 2, 3]);
});

test('a close frame carries code and reason, an empty one nothing', () => {
  expect([...closeFrame(undefined)]).toEqual([0x88, 0]);
  expect([...closeFrame(4001, 'off')]).toEqual([0x88, 5, 0x0f, 0xa1, 0x6f, 0x66, 0x66]);
});

test('a long reason is cut between characters so that the frame stays a control frame', () => {
  const frame = closeFrame(1011, 'é'.repeat(100));
  expect(frame.length).toBeLessThanOrEqual(2 + 125);
  expect(frame[1]).toBe(frame.length - 2);
  expect(isUtf8(frame.subarray(4))).toBe(true);
  expect(frame.subarray(4).toString()).toBe('é'.repeat(61));
});
