import { roundTrips } from '../load/round-trips.js';
import { Viewer } from '../load/viewer.js';
import { cpuSeconds } from '../machine/process-tree.js';
import { median } from '../report/median.js';
import { type Goal, type Measure, MICRO } from './measure.js';

const SIZE = 64;

/** Viewers who each send a little, wait for the echo, and so on. */
export const pingPong = (
  sessions: number,
  cpuGoals: readonly Goal[],
  latencyGoals: readonly Goal[],
): Measure => {
  const name = `${sessions} ping-pong${sessions === 1 ? '' : 's'}`;
  return {
    figures: [
      { name: `${name}, CPU a round trip`, unit: 'µs', goals: cpuGoals },
      { name: `${name}, p50`, unit: 'µs', goals: latencyGoals },
    ],
    run: async (contender) => {
      const pid = contender.pid('echo');
      const viewers = await Viewer.openAll(await contender.endpoint('echo'), sessions, sessions);
      const play = (ms: number) => Promise.all(viewers.map((viewer) => roundTrips(viewer, SIZE, ms, 0)));
      await play(200);
      const before = cpuSeconds(pid);
      const times = (await play(600)).flat();
      const used = cpuSeconds(pid) - before;
      for (const viewer of viewers) viewer.close();
      return [(used * MICRO) / times.length, median(times) * 1000];
    },
  };
};
