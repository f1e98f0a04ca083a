import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { Viewer } from '../load/viewer.js';
import { pssKiB } from '../machine/process-tree.js';
import type { Measure } from './measure.js';

/** A process per viewer is dear: fewer show it as well. */
const FEW = 40;
const MANY = Math.min(5000, Math.floor(openFiles() / 2) - 500);
/** Many handshakes take long. */
const MANY_TLS = Math.min(1000, MANY);

/** Memory that a session takes which shows nothing new. */
export const idle: Measure = {
  figures: [
    { name: `idle session of ${MANY} (with TLS ${MANY_TLS}), PSS`, unit: 'KiB', goals: [{ atMost: 14 }] },
  ],
  fresh: true,
  rounds: 3,
  run: async (contender) => {
    const endpoint = await contender.endpoint('quiet');
    const many = endpoint.url.startsWith('wss:') ? MANY_TLS : MANY;
    const sessions = contender.name === 'websockify' ? FEW : many;
    const pid = contender.pid('quiet');
    const before = pssKiB(pid);
    const viewers = await Viewer.openAll(endpoint, sessions, 32);
    await sleep(300);
    const after = pssKiB(pid);
    for (const viewer of viewers) viewer.destroy();
    await sleep(200);
    return [(after - before) / sessions];
  },
};

function openFiles(): number {
  return Number(/Max open files\s+\d+\s+(\d+)/.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1] ?? 4096);
}
