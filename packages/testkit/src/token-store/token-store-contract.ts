import { type ContractCheck, type ContractOptions, describeContract } from '../contract.js';
import { keepingChecks } from './keeping.js';
import { redeemingChecks } from './redeeming.js';
import { revokingChecks } from './revoking.js';
import type { TokenStoreHarness } from './token-store-harness.js';

/** Everything that the TSDoc of `TokenStore` promises. */
export const tokenStoreChecks: readonly ContractCheck<TokenStoreHarness>[] = [
  ...keepingChecks,
  ...redeemingChecks,
  ...revokingChecks,
];

/**
 * Checks a token store against its contract, one vitest test for each promise.
 *
 * @param name what is under test, for the report
 * @param setup called for each test
 * @param options what the adapter lacks
 */
export function describeTokenStore(
  name: string,
  setup: () => TokenStoreHarness | Promise<TokenStoreHarness>,
  options: ContractOptions<TokenStoreHarness> = {},
): void {
  describeContract(`TokenStore: ${name}`, tokenStoreChecks, setup, options);
}
