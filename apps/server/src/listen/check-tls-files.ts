import { ConfigError, type ConfigProblem } from '../config/config-problem.js';
import type { ConfigFile } from '../config/read-config.js';
import { readTlsPair, TlsPairError } from './tls-pair.js';

/** @throws ConfigError with everything that is wrong with the certificates of all listeners */
export async function checkTlsFiles({ file, directory, config, locate }: ConfigFile): Promise<void> {
  const problems: ConfigProblem[] = [];
  for (const { path, tls } of config.listen) {
    if (!tls) continue;
    await readTlsPair(tls, directory).catch((error: unknown) => {
      if (!(error instanceof TlsPairError)) throw error;
      for (const { key, message } of error.problems) problems.push(locate([...path, 'tls', key], message));
    });
  }
  if (problems.length > 0) throw new ConfigError(file, problems);
}
