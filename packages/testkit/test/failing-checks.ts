import type { ContractCheck, Harness } from '../src/index.js';

/** Runs every check against its own harness and names those that fail or have nothing to check. */
export async function failingChecks<H extends Harness>(
  checks: readonly ContractCheck<H>[],
  setup: () => H,
): Promise<string[]> {
  const outcomes = checks.map(async (check) => {
    const harness = setup();
    if (check.unless?.(harness)) return `skipped: ${check.name}`;
    try {
      await check.run(harness);
      return undefined;
    } catch {
      return check.name;
    } finally {
      await harness.dispose?.();
    }
  });
  return (await Promise.all(outcomes)).filter((name) => name !== undefined);
}
