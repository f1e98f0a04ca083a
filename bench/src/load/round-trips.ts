import { setTimeout as sleep } from 'node:timers/promises';
import { encode } from './client-frames.js';
import type { Viewer } from './viewer.js';

/** ms after which an answer will not come any more */
const LOST = 20_000;

/**
 * Sends so many bytes to a console that echoes, waits for them, and so on until the time is over.
 *
 * @param gap ms between an answer and the next message; 0 for none
 * @returns ms of each round trip
 */
export async function roundTrips(viewer: Viewer, size: number, ms: number, gap: number): Promise<number[]> {
  const message = encode(Buffer.alloc(size, 0x6b), viewer.form);
  const times: number[] = [];
  const end = performance.now() + ms;
  while (performance.now() < end) {
    times.push(await roundTrip(viewer, message, size));
    if (gap > 0) await sleep(gap);
  }
  return times;
}

function roundTrip(viewer: Viewer, message: Buffer, size: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('a round trip did not come back')), LOST);
    const sent = performance.now();
    let missing = size;
    viewer.onBytes = (bytes) => {
      missing -= bytes.length;
      if (missing > 0) return;
      clearTimeout(timer);
      resolve(performance.now() - sent);
    };
    void viewer.send(message);
  });
}
