import { WsmanUnavailable } from './wsman-error.js';

/** Who may wait at the same time. */
const MAX_WAITING = 256;

/** Lets one at a time use what cannot be shared. */
export class Turns {
  #last: Promise<void> = Promise.resolve();
  #waiting = 0;

  /**
   * Does the work when everyone before is done.
   *
   * @throws WsmanUnavailable where the signal ends the wait, or too many wait already
   */
  async take<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    if (this.#waiting >= MAX_WAITING) throw new WsmanUnavailable('too many requests wait for this host');
    const before = this.#last;
    let done = () => {};
    const mine = new Promise<void>((resolve) => {
      done = resolve;
    });
    // Whoever gives up before its turn must not let the next one start early.
    this.#last = before.then(() => mine);
    this.#waiting++;
    try {
      await orAborted(before, signal);
    } catch (error) {
      done();
      throw error;
    } finally {
      this.#waiting--;
    }
    try {
      return await work();
    } finally {
      done();
    }
  }
}

function orAborted(promise: Promise<void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(new WsmanUnavailable('no turn in time'));
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    promise.then(resolve).finally(() => signal.removeEventListener('abort', abort));
  });
}
