import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { CONSOLE_KINDS, type ConsoleKind } from './console-kind.js';

/** All consoles that the contenders lead to. */
export class Consoles {
  readonly #processes: ReadonlyMap<ConsoleKind, ChildProcess>;

  private constructor(processes: ReadonlyMap<ConsoleKind, ChildProcess>) {
    this.#processes = processes;
  }

  static async start(): Promise<Consoles> {
    const processes = new Map<ConsoleKind, ChildProcess>();
    for (const kind of CONSOLE_KINDS) {
      const child = fork(fileURLToPath(new URL('console-process.js', import.meta.url)), [kind]);
      processes.set(kind, child);
      await once(child, 'message');
    }
    return new Consoles(processes);
  }

  /** Bytes that have reached the sink. */
  async received(): Promise<number> {
    const sink = this.#processes.get('sink');
    if (!sink) throw new Error('there is no sink');
    const answer = once(sink, 'message');
    sink.send('received?');
    return Number((await answer)[0]);
  }

  /** Waits until this much has reached the sink since it started. */
  async receive(bytes: number): Promise<void> {
    for (let attempt = 0; attempt < 3000; attempt++) {
      if ((await this.received()) >= bytes) return;
      await sleep(10);
    }
    throw new Error('bytes that were sent did not arrive');
  }

  stop(): void {
    for (const child of this.#processes.values()) child.disconnect();
  }
}
