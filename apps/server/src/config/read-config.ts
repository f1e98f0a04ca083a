import { dirname, resolve } from 'node:path';
import { ConfigError, type ConfigProblem } from './config-problem.js';
import { type Config, configSchema } from './config-schema.js';
import { parseYaml, readText } from './yaml-file.js';

/**
 * A configuration file that has been read and whose own part is sound; the adapters' options and the policy's rules are
 * still unknown.
 */
export interface ConfigFile {
  /** The path as the user gave it. */
  readonly file: string;
  /** Where relative paths in the file start. */
  readonly directory: string;
  readonly config: Config;
  /** Adds the line to a problem at this path. */
  locate(path: readonly PropertyKey[], message: string): ConfigProblem;
}

/** @throws ConfigError with every problem of the file at once */
export async function readConfig(file: string): Promise<ConfigFile> {
  return parseConfig(await readText(file), file);
}

/** @throws ConfigError with every problem of the text at once */
export function parseConfig(text: string, file: string): ConfigFile {
  const { value, locate } = parseYaml(text, file);
  const result = configSchema.safeParse(value ?? {});
  if (!result.success) {
    throw new ConfigError(
      file,
      result.error.issues.map((issue) => locate(issue.path, issue.message)),
    );
  }
  return { file, directory: dirname(resolve(file)), config: result.data, locate };
}
