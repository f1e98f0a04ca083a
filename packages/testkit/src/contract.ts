import { describe, it } from 'vitest';

/** What every harness may have, whatever the port under test. */
export interface Harness {
  /** Ends what the harness started. Called after each check, also after one that failed. */
  dispose?(): void | Promise<void>;
}

/** One promise of a port's contract. It passes by resolving and fails by rejecting. */
export interface ContractCheck<H extends Harness> {
  readonly name: string;
  /**
   * What an optional part of the harness must offer for this promise to be checked at all. Where it answers with a text,
   * the check is shown as skipped for that reason.
   */
  readonly unless?: (harness: H) => string | false;
  readonly run: (harness: H) => Promise<void>;
}

/** Registers one vitest test for each check. `setup` is called for each test: no check sees what another left behind. */
export function describeContract<H extends Harness>(
  title: string,
  checks: readonly ContractCheck<H>[],
  setup: () => H | Promise<H>,
): void {
  describe(title, () => {
    for (const check of checks) {
      it(check.name, async (test) => {
        const harness = await setup();
        try {
          const reason = check.unless?.(harness) ?? false;
          if (reason !== false) test.skip(reason);
          await check.run(harness);
        } finally {
          await harness.dispose?.();
        }
      });
    }
  });
}
