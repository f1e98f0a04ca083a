import { readFile } from 'node:fs/promises';
import type { Document } from 'yaml';
import { LineCounter, parseDocument } from '#yaml';
import { ConfigError, type ConfigProblem, formatPath } from './config-problem.js';

/** A YAML text that has been read, and where things stand in it. */
export interface YamlFile {
  /** The document as plain values; null where it is empty. */
  readonly value: unknown;
  /** Adds the line to a problem at this path. */
  locate(path: readonly PropertyKey[], message: string): ConfigProblem;
}

/** @throws ConfigError with every problem of the YAML itself at once */
export function parseYaml(text: string, file: string): YamlFile {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, merge: true });
  if (document.errors.length > 0) {
    throw new ConfigError(
      file,
      document.errors.map(({ pos, message }) => ({ path: '', line: lines.linePos(pos[0]).line, message })),
    );
  }
  const lineOf = (path: readonly PropertyKey[]): number | undefined => {
    for (let depth = path.length; depth > 0; depth--) {
      const node = document.getIn(path.slice(0, depth), true) as
        | { range?: [number, number, number] }
        | undefined;
      if (node?.range) return lines.linePos(node.range[0]).line;
    }
    return undefined;
  };
  const locate = (path: readonly PropertyKey[], message: string): ConfigProblem => {
    const line = lineOf(path);
    return { path: formatPath(path), message, ...(line !== undefined && { line }) };
  };
  return { value: plainValue(document, file), locate };
}

/** @throws ConfigError where the file cannot be read */
export async function readText(file: string): Promise<string> {
  return readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new ConfigError(file, [{ path: '', message: `cannot be read (${error.code ?? error.message})` }]);
  });
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
