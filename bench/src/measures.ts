import { setTimeout as sleep } from 'node:timers/promises';
import type { Contender } from './contender.js';
import { cpuSeconds, pssKiB } from './process-tree.js';
import { Viewer } from './viewer.js';

const GIB = 1024 ** 3;

/** One thing that is measured, the less the better. */
export interface Measure {
  readonly name: string;
  readonly unit: string;
  /** Whether each round needs proxies that have served nobody yet: memory that was used once is not given back. */
  readonly fresh?: boolean;
  run(contender: Contender): Promise<number>;
}

/**
 * CPU of the proxy from the viewer's connect to the console's first byte. Counted while the sessions are open:
 * websockify has its children reaped by the system, and what they used is in no account afterwards.
 */
const setUp: Measure = {
  name: 'session set-up to first byte, CPU',
  unit: 'ms',
  run: async (contender) => {
    const sessions = 40;
    const pid = contender.pid('quiet');
    const before = cpuSeconds(pid);
    const viewers: Viewer[] = [];
    for (let count = 0; count < sessions; count++) viewers.push(await Viewer.open(contender.url('quiet')));
    const used = cpuSeconds(pid) - before;
    for (const viewer of viewers) viewer.close();
    await sleep(500);
    return (used * 1000) / sessions;
  },
};

/** Memory that a session takes which shows nothing new. */
const idle: Measure = {
  name: 'idle session, PSS',
  unit: 'KiB',
  fresh: true,
  run: async (contender) => {
    const sessions = contender.name === 'websockify' ? 40 : 2000;
    const pid = contender.pid('quiet');
    const before = pssKiB(pid);
    const viewers: Viewer[] = [];
    for (let count = 0; count < sessions; count++) viewers.push(await Viewer.open(contender.url('quiet')));
    await sleep(500);
    const after = pssKiB(pid);
    for (const viewer of viewers) viewer.close();
    await sleep(1500);
    return (after - before) / sessions;
  },
};

/** CPU of the proxy for each GiB that it brings to the viewers. */
const bulk = (sessions: number): Measure => ({
  name: `bulk down, ${sessions} ${sessions === 1 ? 'session' : 'sessions'}, CPU per GiB`,
  unit: 's',
  run: async (contender) => {
    const pid = contender.pid('source');
    const url = contender.url('source');
    const viewers = await Promise.all(Array.from({ length: sessions }, () => Viewer.open(url)));
    await sleep(200);
    const total = () => viewers.reduce((sum, viewer) => sum + viewer.bytes, 0);
    const [bytes, cpu] = [total(), cpuSeconds(pid)];
    await sleep(1500);
    const result = (cpuSeconds(pid) - cpu) / ((total() - bytes) / GIB);
    for (const viewer of viewers) viewer.destroy();
    await sleep(300);
    return result;
  },
});

export const MEASURES: readonly Measure[] = [setUp, idle, bulk(1), bulk(8)];
