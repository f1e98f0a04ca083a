import { ConsoleError } from '@remote-consoles/core';

/** A step towards a console took too long. */
export class ConsoleTimeout extends ConsoleError {
  constructor(what: string) {
    super('console-unreachable', `${what} took too long; try again`);
  }
}

/** The viewer went away, or failed in its own handshake, while its console was being opened. */
export class ViewerLeft extends Error {
  override readonly name = 'ViewerLeft';
  /** The word for the records. */
  readonly word: string;

  constructor(word: string) {
    super(`the viewer did not take its console (${word})`);
    this.word = word;
  }
}

/** One attempt to open a console: a deadline for each of its steps, and one end for all when it is given up. */
export class Opening {
  readonly #controller = new AbortController();

  /** Aborts when a step is late or the attempt is given up; its reason is the error. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /**
   * Does one step.
   *
   * @param what names the step in the error of a late one
   * @param ms deadline
   * @param discard what to do with a result that comes when nobody waits any more
   * @throws ConsoleTimeout; the error of `work`; the error that the attempt was given up with
   */
  async step<Result>(
    what: string,
    ms: number,
    work: () => Promise<Result>,
    discard: (result: Result) => void,
  ): Promise<Result> {
    const { signal } = this.#controller;
    signal.throwIfAborted();
    const timer = setTimeout(() => this.#controller.abort(new ConsoleTimeout(what)), ms);
    try {
      return await unlessAborted(work(), signal, discard);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Ends the attempt with this error; has no effect on what was reached already. */
  giveUp(error: Error): void {
    this.#controller.abort(error);
  }
}

function unlessAborted<Result>(
  work: Promise<Result>,
  signal: AbortSignal,
  discard: (result: Result) => void,
): Promise<Result> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason as Error);
    signal.addEventListener('abort', abort, { once: true });
    work.then(
      (result) => {
        signal.removeEventListener('abort', abort);
        if (signal.aborted) discard(result);
        else resolve(result);
      },
      (error: unknown) => {
        signal.removeEventListener('abort', abort);
        reject(error as Error);
      },
    );
  });
}
