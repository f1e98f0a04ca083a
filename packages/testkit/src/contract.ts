import { describe, it } from 'vitest';

/** What every harness may have, whatever the port under test. */
export interface Harness {
  /** Ends what the harness started. Called after each check, also after one that failed. */
  dispose?(): void | Promise<void>;
}

/** The names of the optional parts of a harness. */
export type HarnessPart<H> = {
  [Key in keyof H]-?: object extends Pick<H, Key> ? Key : never;
}[keyof H];

/** One promise of a port's contract. It passes by resolving and fails by rejecting. */
export interface ContractCheck<H extends Harness> {
  readonly name: string;
  /** The optional part of the harness without which there is nothing to check. */
  readonly needs?: HarnessPart<H>;
  readonly run: (harness: H) => Promise<void>;
}

/** What the port under test does not have. */
export interface ContractOptions<H extends Harness> {
  /**
   * Parts that the harness has not, because the adapter has nothing of the kind. The promises that need them are not
   * tested. A part that is neither here nor in the harness fails its tests: nothing is left out unnoticed.
   */
  readonly lacks?: readonly HarnessPart<H>[];
}

/** Registers one vitest test for each check. `setup` is called for each test: no check sees what another left behind. */
export function describeContract<H extends Harness>(
  title: string,
  checks: readonly ContractCheck<H>[],
  setup: () => H | Promise<H>,
  { lacks = [] }: ContractOptions<H>,
): void {
  describe(title, () => {
    for (const check of checks) {
      if (check.needs !== undefined && lacks.includes(check.needs)) continue;
      it(check.name, async () => {
        const harness = await setup();
        try {
          await runCheck(check, harness);
        } finally {
          await harness.dispose?.();
        }
      });
    }
  });
}

/** Runs one check. @throws Error where it fails, or where the harness lacks the part that it needs */
export async function runCheck<H extends Harness>(check: ContractCheck<H>, harness: H): Promise<void> {
  if (check.needs !== undefined && harness[check.needs] === undefined) {
    const part = String(check.needs);
    throw new Error(`the harness has no "${part}": provide it, or pass { lacks: ['${part}'] }`);
  }
  await check.run(harness);
}
