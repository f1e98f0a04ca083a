import { setTimeout as sleep } from 'node:timers/promises';
import { roundTrips } from '../load/round-trips.js';
import { Viewer } from '../load/viewer.js';
import { pssKiB } from '../machine/process-tree.js';
import { median } from '../report/median.js';
import type { Measure } from './measure.js';

const STALLED = 8;

/** Viewers that stop reading while their consoles send without end. */
export const stalledReader: Measure = {
  figures: [
    { name: `viewer that stops reading, growth of PSS after 1 s`, unit: 'KiB', goals: [{ atMost: 512 }] },
    {
      name: `echo beside ${STALLED} of them, p50 as a multiple of without`,
      unit: '×',
      goals: [{ atMost: 1.25 }],
    },
  ],
  run: async (contender) => {
    const pids = [...new Set([contender.pid('source'), contender.pid('echo')])];
    const memory = () => pids.reduce((sum, pid) => sum + pssKiB(pid), 0);
    const typist = await Viewer.open(await contender.endpoint('echo'));
    await roundTrips(typist, 8, 100, 0);
    const alone = median(await roundTrips(typist, 8, 500, 2));
    const before = memory();
    const source = await contender.endpoint('source');
    const stalled = await Promise.all(Array.from({ length: STALLED }, () => openStalled(source)));
    await sleep(500);
    const beside = median(await roundTrips(typist, 8, 500, 2));
    const after = memory();
    for (const viewer of [typist, ...stalled]) viewer.destroy();
    await sleep(200);
    return [(after - before) / STALLED, beside / alone];
  },
};

async function openStalled(endpoint: Parameters<typeof Viewer.open>[0]): Promise<Viewer> {
  const viewer = await Viewer.open(endpoint);
  viewer.pause();
  return viewer;
}
