import { type ContractCheck, type ContractOptions, describeContract } from '../contract.js';
import type { ClusterHarness } from './cluster-harness.js';
import { limitChecks } from './limits.js';
import { messageChecks } from './messages.js';
import { sessionChecks } from './sessions.js';

/** Everything that the TSDoc of `ClusterPort` and its parts promises. */
export const clusterChecks: readonly ContractCheck<ClusterHarness>[] = [
  ...sessionChecks,
  ...limitChecks,
  ...messageChecks,
];

/**
 * Checks what a token store shares besides tokens against its contract, one vitest test for each promise.
 *
 * @param name what is under test, for the report
 * @param setup called for each test
 * @param options what the adapter lacks
 */
export function describeCluster(
  name: string,
  setup: () => ClusterHarness | Promise<ClusterHarness>,
  options: ContractOptions<ClusterHarness> = {},
): void {
  describeContract(`ClusterPort: ${name}`, clusterChecks, setup, options);
}
