import { type ContractCheck, type Harness, runCheck } from '../src/index.js';

/** Runs every check against its own harness and names those that fail. */
export async function failingChecks<H extends Harness>(
  checks: readonly ContractCheck<H>[],
  setup: () => H,
): Promise<string[]> {
  const outcomes = checks.map(async (check) => {
    const harness = setup();
    try {
      await runCheck(check, harness);
      return undefined;
    } catch {
      return check.name;
    } finally {
      await harness.dispose?.();
    }
  });
  return (await Promise.all(outcomes)).filter((name) => name !== undefined);
}
