import { setTimeout as sleep } from 'node:timers/promises';
import { Viewer } from '../load/viewer.js';
import { cpuSeconds } from '../machine/process-tree.js';
import { type Measure, MILLI } from './measure.js';

const WARM_UP = 400;

/** CPU from the viewer's connect to the console's first byte, one viewer after the other, tokens redeemed. */
export const setUp: Measure = {
  figures: [
    {
      name: 'session set-up to first byte, CPU',
      unit: 'ms',
      goals: [{ atMost: 1 / 80, times: 'websockify' }],
    },
  ],
  run: async (contender) => {
    const endpoint = await contender.endpoint('quiet');
    const pid = contender.pid('quiet');
    for (const end = performance.now() + WARM_UP; performance.now() < end; ) {
      (await Viewer.open(endpoint)).close();
    }
    await sleep(300);
    const sessions = contender.name === 'websockify' ? 40 : 200;
    const before = cpuSeconds(pid);
    const viewers: Viewer[] = [];
    for (let count = 0; count < sessions; count++) viewers.push(await Viewer.open(endpoint));
    // Counted while they are open: a process that has ended may be in no account any more.
    const used = cpuSeconds(pid) - before;
    for (const viewer of viewers) viewer.close();
    await sleep(300);
    return [(used * MILLI) / sessions];
  },
};
