import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { cpuSeconds } from './process-tree.js';

const TICKS = 100;
/** Share of the machine that others may use for it to count as quiet. */
const QUIET = 0.05;

interface Sample {
  /** s of all cores */
  readonly total: number;
  /** s of all cores that somebody used, other guests of the same host included */
  readonly busy: number;
  /** s that this program and what it started used */
  readonly own: number;
}

/** Watches how much of the machine others use while we measure. */
export class MachineNoise {
  /** ms of waiting left */
  #patience: number;

  /** @param patience ms to wait for a quiet machine at most, over all calls */
  constructor(patience: number) {
    this.#patience = patience;
  }

  /** Waits until others leave the machine alone, or until patience is at its end. */
  async waitForQuiet(): Promise<void> {
    while (this.#patience > 0) {
      const since = this.since();
      await sleep(500);
      this.#patience -= 500;
      if (since() <= QUIET) return;
    }
  }

  /** @returns a function that says which share of the machine others have used since */
  since(): () => number {
    const before = sample();
    return () => {
      const after = sample();
      const others = after.busy - before.busy - (after.own - before.own);
      return Math.max(0, others) / (after.total - before.total);
    };
  }

  isQuiet(share: number): boolean {
    return share <= QUIET;
  }
}

/** proc(5), /proc/stat: user, nice, system, idle, iowait, irq, softirq, steal. */
function sample(): Sample {
  const line = readFileSync('/proc/stat', 'utf8').split('\n', 1)[0] ?? '';
  const fields = line.trim().split(/\s+/).slice(1, 9).map(Number);
  const total = fields.reduce((sum, ticks) => sum + ticks, 0);
  const idle = (fields[3] ?? 0) + (fields[4] ?? 0);
  return { total: total / TICKS, busy: (total - idle) / TICKS, own: cpuSeconds(process.pid) };
}
