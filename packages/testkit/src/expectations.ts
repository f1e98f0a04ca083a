import type { ConsoleError, ConsoleErrorCode } from '@remote-consoles/core';
import { expect } from 'vitest';

/** How long a port may take for one call where the harness does not say, ms. */
export const DEFAULT_DEADLINE = 10_000;

/** The promise's outcome, or a failure where there is none in time. */
export async function within<T>(ms: number, what: string, promise: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} did not end within ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Tries until it succeeds, or fails as the last attempt did. */
export async function eventually(ms: number, what: string, attempt: () => Promise<void>): Promise<void> {
  const end = Date.now() + ms;
  for (;;) {
    try {
      await attempt();
      return;
    } catch (error) {
      if (Date.now() >= end) throw new Error(`${what} did not come within ${ms} ms`, { cause: error });
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

/** Expects a ConsoleError with one of the codes, in time, and gives it back. */
export async function rejectsWith(
  codes: ConsoleErrorCode | readonly ConsoleErrorCode[],
  what: string,
  promise: Promise<unknown>,
  deadline = DEFAULT_DEADLINE,
): Promise<ConsoleError> {
  const outcome = await within(
    deadline,
    what,
    promise.then(
      (value) => ({ value }),
      (error: unknown) => ({ error }),
    ),
  );
  if (!('error' in outcome)) throw new Error(`${what} succeeded; it must be refused with ${codes}`);
  const { error } = outcome;
  // By name: an adapter may bring a second copy of core, whose class is another one.
  const named = error instanceof Error && error.name === 'ConsoleError';
  expect(named, `${what} must be refused with a ConsoleError, not with ${String(error)}`).toBe(true);
  const refusal = error as ConsoleError;
  expect([codes].flat(), `${what}: ${refusal.message}`).toContain(refusal.code);
  return refusal;
}
