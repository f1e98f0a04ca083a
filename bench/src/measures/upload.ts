import { setTimeout as sleep } from 'node:timers/promises';
import { encode } from '../load/client-frames.js';
import { Viewer } from '../load/viewer.js';
import { cpuSeconds } from '../machine/process-tree.js';
import { GIB, type Measure } from './measure.js';

const FRAME = 16 * 1024;

/** CPU for each GiB from a viewer to a console. */
export const upload: Measure = {
  figures: [
    { name: 'up in 16 KiB frames, CPU per GiB', unit: 's', goals: [{ atMost: 0.6, times: 'websockify' }] },
  ],
  run: async (contender, consoles) => {
    const pid = contender.pid('sink');
    const viewer = await Viewer.open(await contender.endpoint('sink'));
    const frames = Buffer.concat(
      Array.from({ length: 16 }, () => encode(Buffer.alloc(FRAME, 0x55), viewer.form)),
    );
    let running = true;
    const sending = (async () => {
      while (running) await viewer.send(frames);
    })();
    await sleep(250);
    const [bytes, cpu] = [await consoles.received(), cpuSeconds(pid)];
    await sleep(800);
    const result = (cpuSeconds(pid) - cpu) / (((await consoles.received()) - bytes) / GIB);
    running = false;
    viewer.destroy();
    await Promise.race([sending, sleep(100)]);
    return [result];
  },
};
