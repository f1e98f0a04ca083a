import { setTimeout as sleep } from 'node:timers/promises';
import { roundTrips } from '../load/round-trips.js';
import { Streams } from '../load/streams.js';
import { Viewer } from '../load/viewer.js';
import { median } from '../report/median.js';
import type { Measure } from './measure.js';

const STREAMS = 8;
/** Bytes of an RFB key event (RFC 6143 §7.5.4). */
const KEY_EVENT = 8;

/** How long a typist waits for the echo while other consoles send without end. */
export const keystroke: Measure = {
  figures: [
    {
      name: `keystroke echo while ${STREAMS} stream, p50`,
      unit: 'ms',
      goals: [{ atMost: 1, times: 'websockify' }],
    },
  ],
  run: async (contender) => {
    const streams = await Streams.open(await contender.endpoint('source'), STREAMS);
    const viewer = await Viewer.open(await contender.endpoint('echo'));
    await sleep(200);
    const times = await roundTrips(viewer, KEY_EVENT, 1000, 5);
    viewer.close();
    await streams.close();
    await sleep(100);
    return [median(times)];
  },
};
