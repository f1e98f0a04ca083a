import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { type Document, LineCounter, parseDocument } from 'yaml';
import { ConfigError, type ConfigProblem, formatPath } from './config-problem.js';
import { type Config, configSchema } from './config-schema.js';

/** A configuration file that has been read and whose own part is sound; the adapters' options are still unknown. */
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
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new ConfigError(file, [{ path: '', message: `cannot be read (${error.code ?? error.message})` }]);
  });
  return parseConfig(text, file);
}

/** @throws ConfigError with every problem of the text at once */
export function parseConfig(text: string, file: string): ConfigFile {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, merge: true });
  if (document.errors.length > 0) {
    throw new ConfigError(
      file,
      document.errors.map(({ pos, message }) => ({ path: '', line: lines.linePos(pos[0]).line, message })),
    );
  }
  const locate = (path: readonly PropertyKey[], message: string): ConfigProblem => {
    const line = lineOf(path);
    return { path: formatPath(path), message, ...(line !== undefined && { line }) };
  };
  const lineOf = (path: readonly PropertyKey[]): number | undefined => {
    for (let depth = path.length; depth > 0; depth--) {
      const node = document.getIn(path.slice(0, depth), true) as
        | { range?: [number, number, number] }
        | undefined;
      if (node?.range) return lines.linePos(node.range[0]).line;
    }
    return undefined;
  };
  const result = configSchema.safeParse(plainValue(document, file) ?? {});
  if (!result.success) {
    throw new ConfigError(
      file,
      result.error.issues.map((issue) => locate(issue.path, issue.message)),
    );
  }
  return { file, directory: dirname(resolve(file)), config: result.data, locate };
}

/** Aliases are for people who repeat themselves, not for documents that grow without end. */
function plainValue(yaml: Document, file: string): unknown {
  try {
    return yaml.toJS({ maxAliasCount: 100 });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new ConfigError(file, [{ path: '', message }]);
  }
}
