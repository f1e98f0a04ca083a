import { encode } from '../load/client-frames.js';
import { Viewer } from '../load/viewer.js';
import { cpuSeconds } from '../machine/process-tree.js';
import { type Measure, MICRO } from './measure.js';

const SIZE = 64;
/** Messages sent at once: what a proxy finds when it looks, where it has others to look after. */
const BURST = 900;

/** CPU for each small message of a viewer, where they come in bursts. */
export const smallMessages: Measure = {
  figures: [
    {
      name: `up in ${SIZE} B messages, ${BURST} at once, CPU each`,
      unit: 'µs',
      goals: [{ atMost: 1 / 200, times: 'websockify' }],
    },
  ],
  run: async (contender, consoles) => {
    const pid = contender.pid('sink');
    const viewer = await Viewer.open(await contender.endpoint('sink'));
    const message = encode(Buffer.alloc(SIZE, 0x41), viewer.form);
    const burst = Buffer.concat(Array.from({ length: BURST }, () => message));
    let expected = await consoles.received();
    const send = async () => {
      expected += BURST * SIZE;
      await viewer.send(burst);
    };
    for (const end = performance.now() + 200; performance.now() < end; ) await send();
    await consoles.receive(expected);
    const before = cpuSeconds(pid);
    let bursts = 0;
    for (const end = performance.now() + 500; performance.now() < end; bursts++) await send();
    await consoles.receive(expected);
    const used = cpuSeconds(pid) - before;
    viewer.close();
    return [(used * MICRO) / (bursts * BURST)];
  },
};
