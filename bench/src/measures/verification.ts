import { randomBytes, randomInt } from 'node:crypto';
import { encode } from '../load/client-frames.js';
import { Viewer } from '../load/viewer.js';
import type { Measure } from './measure.js';

const SESSIONS = 3;
const TOTAL = 8 * 1024 * 1024;
/** Sent over and over; of a length that no power of two divides, so that bytes that move are bytes that differ. */
const PATTERN = randomBytes(1_048_573);

/** Random bytes in messages of random size, there and back. */
export const verification: Measure = {
  figures: [
    {
      name: `wrong or missing bytes of ${(SESSIONS * TOTAL * 2) / 1024 ** 2} MiB`,
      unit: 'B',
      goals: [{ atMost: 0 }],
    },
  ],
  rounds: 1,
  run: async (contender) => {
    const endpoint = await contender.endpoint('echo');
    const bad = await Promise.all(
      Array.from({ length: SESSIONS }, async () => verify(await Viewer.open(endpoint))),
    );
    return [bad.reduce((sum, count) => sum + count, 0)];
  },
};

async function verify(viewer: Viewer): Promise<number> {
  let received = 0;
  let bad = 0;
  const whole = new Promise<void>((resolve) => {
    viewer.onBytes = (bytes) => {
      bad += differing(bytes, received);
      received += bytes.length;
      if (received >= TOTAL) resolve();
    };
    setTimeout(resolve, 30_000).unref();
  });
  for (let sent = 0; sent < TOTAL; ) {
    const size = Math.min(TOTAL - sent, PATTERN.length - (sent % PATTERN.length), randomInt(1, 70_000));
    const from = sent % PATTERN.length;
    await viewer.send(encode(PATTERN.subarray(from, from + size), viewer.form));
    sent += size;
  }
  await whole;
  viewer.close();
  return bad + Math.abs(TOTAL - received);
}

function differing(bytes: Buffer, position: number): number {
  let bad = 0;
  for (let at = 0; at < bytes.length; ) {
    const from = (position + at) % PATTERN.length;
    const length = Math.min(bytes.length - at, PATTERN.length - from);
    const expected = PATTERN.subarray(from, from + length);
    const piece = bytes.subarray(at, at + length);
    if (!piece.equals(expected)) for (let i = 0; i < length; i++) if (piece[i] !== expected[i]) bad++;
    at += length;
  }
  return bad;
}
