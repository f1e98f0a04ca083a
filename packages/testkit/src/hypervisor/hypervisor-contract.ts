import { type ContractCheck, type ContractOptions, describeContract } from '../contract.js';
import { consoleChecks } from './consoles.js';
import { diagnosisChecks } from './diagnosis.js';
import { guestControlChecks } from './guest-control.js';
import type { HypervisorHarness } from './hypervisor-harness.js';
import { serverChecks } from './servers.js';
import { streamAndEventChecks } from './streams-and-events.js';

/** Everything that the TSDoc of `HypervisorPort` and its optional ports promises. */
export const hypervisorChecks: readonly ContractCheck<HypervisorHarness>[] = [
  ...serverChecks,
  ...consoleChecks,
  ...streamAndEventChecks,
  ...guestControlChecks,
  ...diagnosisChecks,
];

/**
 * Checks a hypervisor adapter against its contract, one vitest test for each promise.
 *
 * @param name what is under test, for the report
 * @param setup called for each test
 * @param options what the adapter lacks
 */
export function describeHypervisorPort(
  name: string,
  setup: () => HypervisorHarness | Promise<HypervisorHarness>,
  options: ContractOptions<HypervisorHarness> = {},
): void {
  describeContract(`HypervisorPort: ${name}`, hypervisorChecks, setup, options);
}
