import { setTimeout as sleep } from 'node:timers/promises';
import { Viewer } from '../load/viewer.js';
import { cpuSeconds } from '../machine/process-tree.js';
import { GIB, type Goal, type Measure } from './measure.js';

/** CPU for each GiB from consoles to viewers. */
export const bulk = (sessions: number, goals: readonly Goal[]): Measure => ({
  figures: [
    { name: `down, ${sessions} ${sessions === 1 ? 'session' : 'sessions'}, CPU per GiB`, unit: 's', goals },
  ],
  run: async (contender) => {
    const pid = contender.pid('source');
    const viewers = await Viewer.openAll(await contender.endpoint('source'), sessions, sessions);
    await sleep(250);
    const total = () => viewers.reduce((sum, viewer) => sum + viewer.bytes, 0);
    const [bytes, cpu] = [total(), cpuSeconds(pid)];
    await sleep(800);
    const result = (cpuSeconds(pid) - cpu) / ((total() - bytes) / GIB);
    for (const viewer of viewers) viewer.destroy();
    await sleep(100);
    return [result];
  },
});
