import { Policy } from '@remote-consoles/core';
import type { ViewerFile } from '@remote-consoles/viewer';
import { checkTlsFiles } from '../listen/check-tls-files.js';
import { loadPolicyOverrides } from '../policy/load-policy.js';
import { ConfigError, type ConfigProblem } from './config-problem.js';
import { type LoadedAdapters, loadAdapters } from './load-adapters.js';
import { loadPages } from './load-pages.js';
import type { ConfigFile } from './read-config.js';

/** Everything that a configuration names beside itself, found and checked. */
export interface LoadedParts extends LoadedAdapters {
  readonly policy: Policy;
  readonly pages: ReadonlyMap<string, ViewerFile>;
}

/** @throws ConfigError with every problem of the certificates, the policy, the pages and every adapter at once */
export async function loadParts(file: ConfigFile): Promise<LoadedParts> {
  const [tls, policy, pages, adapters] = await Promise.allSettled([
    checkTlsFiles(file),
    loadPolicyOverrides(file),
    loadPages(file),
    loadAdapters(file),
  ]);
  if (
    tls.status === 'fulfilled' &&
    policy.status === 'fulfilled' &&
    pages.status === 'fulfilled' &&
    adapters.status === 'fulfilled'
  ) {
    return { ...adapters.value, policy: new Policy(policy.value), pages: pages.value };
  }
  throw new ConfigError(file.file, [tls, policy, pages, adapters].flatMap(problemsOf));
}

function problemsOf(result: PromiseSettledResult<unknown>): readonly ConfigProblem[] {
  if (result.status === 'fulfilled') return [];
  if (result.reason instanceof ConfigError) return result.reason.problems;
  throw result.reason;
}
