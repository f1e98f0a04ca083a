import { Policy } from '@remote-consoles/core';
import { checkTlsFiles } from '../listen/check-tls-files.js';
import { loadPolicyOverrides } from '../policy/load-policy.js';
import { ConfigError, type ConfigProblem } from './config-problem.js';
import { type LoadedAdapters, loadAdapters } from './load-adapters.js';
import type { ConfigFile } from './read-config.js';

/** Everything that a configuration names beside itself, found and checked. */
export interface LoadedParts extends LoadedAdapters {
  readonly policy: Policy;
}

/** @throws ConfigError with every problem of the certificates, of the policy and of every adapter at once */
export async function loadParts(file: ConfigFile): Promise<LoadedParts> {
  const [tls, policy, adapters] = await Promise.allSettled([
    checkTlsFiles(file),
    loadPolicyOverrides(file),
    loadAdapters(file),
  ]);
  if (tls.status === 'fulfilled' && policy.status === 'fulfilled' && adapters.status === 'fulfilled') {
    return { ...adapters.value, policy: new Policy(policy.value) };
  }
  throw new ConfigError(file.file, [...problemsOf(tls), ...problemsOf(policy), ...problemsOf(adapters)]);
}

function problemsOf(result: PromiseSettledResult<unknown>): readonly ConfigProblem[] {
  if (result.status === 'fulfilled') return [];
  if (result.reason instanceof ConfigError) return result.reason.problems;
  throw result.reason;
}
