import type { Worker } from 'node:cluster';
import { once } from 'node:events';
import type { Logger } from '@remote-consoles/core';

/** ms until a worker that did not live long is replaced: doubled from the first to the last while it goes on. */
const FIRST_DELAY = 100;
const LAST_DELAY = 10_000;
/** ms after which a worker that dies has lived long */
const LONG_LIFE = 10_000;

export interface WorkerPoolOptions {
  /** Starts a worker; it says `ready` when it accepts connections. */
  readonly fork: () => Worker;
  readonly size: number;
  readonly logger: Logger;
  /** ms that workers get to stop in */
  readonly patience: number;
}

/** Keeps so many workers running. */
export class WorkerPool {
  readonly #options: WorkerPoolOptions;
  readonly #workers = new Set<Worker>();
  #stopping = false;
  #delay = FIRST_DELAY;

  constructor(options: WorkerPoolOptions) {
    this.#options = options;
  }

  /**
   * Starts one worker, then, as it could be started, all others.
   *
   * @returns undefined when all are ready; the exit code of the first where it could not be started
   */
  async start(): Promise<number | undefined> {
    const failure = await ready(this.#fork(false));
    if (failure !== undefined || this.#stopping) return failure;
    for (const worker of this.#workers) this.#replaceWhenGone(worker);
    const others = Array.from({ length: this.#options.size - 1 }, () => this.#fork(true));
    await Promise.all(others.map(ready));
    return undefined;
  }

  signal(signal: NodeJS.Signals): void {
    for (const worker of this.#workers) worker.process.kill(signal);
  }

  kill(): void {
    this.#stopping = true;
    this.signal('SIGKILL');
  }

  /** Drains all workers and resolves when they have ended. */
  async stop(): Promise<void> {
    this.#stopping = true;
    const timer = setTimeout(() => this.kill(), this.#options.patience).unref();
    const gone = Array.from(this.#workers, (worker) => once(worker, 'exit'));
    this.signal('SIGTERM');
    await Promise.all(gone);
    clearTimeout(timer);
  }

  #fork(replaced: boolean): Worker {
    const worker = this.#options.fork();
    this.#workers.add(worker);
    worker.once('exit', () => this.#workers.delete(worker));
    if (replaced) this.#replaceWhenGone(worker);
    return worker;
  }

  #replaceWhenGone(worker: Worker): void {
    const born = performance.now();
    worker.once('exit', (code, signal) => {
      if (this.#stopping) return;
      if (performance.now() - born > LONG_LIFE) this.#delay = FIRST_DELAY;
      const delay = this.#delay;
      this.#delay = Math.min(this.#delay * 2, LAST_DELAY);
      this.#options.logger.error(
        { pid: worker.process.pid, code, signal, delay },
        'a worker died; replacing it',
      );
      setTimeout(() => {
        if (!this.#stopping) this.#fork(true);
      }, delay);
    });
  }
}

/** Resolves when the worker says that it is ready; with its exit code where it ends before. */
function ready(worker: Worker): Promise<number | undefined> {
  return new Promise((resolve) => {
    worker.on('message', (message: unknown) => {
      if (message === 'ready') resolve(undefined);
    });
    worker.once('exit', (code) => resolve(code || 1));
  });
}
