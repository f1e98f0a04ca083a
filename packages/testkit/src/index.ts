/**
 * Contract tests for the ports of `@remote-consoles/core`: one call in a vitest file checks an adapter against
 * everything that its port promises.
 *
 * @packageDocumentation
 */
export * from './auth/auth-contract.js';
export * from './auth/auth-harness.js';
export * from './cluster/cluster-contract.js';
export * from './cluster/cluster-harness.js';
export {
  type ContractCheck,
  type ContractOptions,
  type Harness,
  type HarnessPart,
  runCheck,
} from './contract.js';
export * from './hypervisor/hypervisor-contract.js';
export * from './hypervisor/hypervisor-harness.js';
export * from './token-store/token-store-contract.js';
export * from './token-store/token-store-harness.js';
