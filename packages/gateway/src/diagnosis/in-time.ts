/** What was tried took too long. Its code is the one that a dial has which the kernel gives up. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer';
  readonly code = 'ETIMEDOUT';

  /** @param timeout ms */
  constructor(timeout: number) {
    super(`no answer within ${timeout / 1000} s`);
  }
}

/**
 * Works until it is too late, also where the work takes no notice of the signal.
 *
 * @param timeout ms
 * @throws NoAnswer, and what the work throws before
 */
export async function inTime<T>(timeout: number, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const end = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      const error = new NoAnswer(timeout);
      reject(error);
      end.abort(error);
    }, timeout);
  });
  try {
    return await Promise.race([work(end.signal), late]);
  } finally {
    clearTimeout(timer);
  }
}
