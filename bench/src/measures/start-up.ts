import { setTimeout as sleep } from 'node:timers/promises';
import { rssKiB } from '../machine/process-tree.js';
import { type Measure, MILLI } from './measure.js';

/** What it takes until the program listens, and what it then holds. */
export const startUp: Measure = {
  figures: [
    { name: 'start-up, CPU', unit: 'ms', goals: [{ atMost: 400 }] },
    { name: 'at rest, RSS', unit: 'MiB', goals: [{ atMost: 70 }] },
  ],
  only: ['remote-consoles'],
  fresh: true,
  rounds: 3,
  run: async (contender) => {
    await sleep(500);
    return [contender.startUp * MILLI, rssKiB(contender.pid('quiet')) / 1024];
  },
};
