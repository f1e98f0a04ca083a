import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Endpoint } from './endpoint.js';

/** Viewers of consoles that send without end, in a thread of their own: whoever types beside them must not wait for them here. */
export class Streams {
  readonly #worker: Worker;

  private constructor(worker: Worker) {
    this.#worker = worker;
  }

  static async open(endpoint: Endpoint, count: number): Promise<Streams> {
    const worker = new Worker(new URL('streams-thread.js', import.meta.url), {
      workerData: { endpoint, count },
    });
    await once(worker, 'message');
    return new Streams(worker);
  }

  async close(): Promise<void> {
    this.#worker.postMessage('close');
    await once(this.#worker, 'exit');
  }
}
