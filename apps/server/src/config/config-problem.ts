/** One thing wrong in a configuration file, in words for the person who wrote it. */
export interface ConfigProblem {
  /** Where in the document, such as `hypervisors[0].options.hosts`; empty for the document itself. */
  readonly path: string;
  /** The line in the file, from 1, where it is known. */
  readonly line?: number;
  /** The file, where it is another than the configuration itself. */
  readonly file?: string;
  readonly message: string;
}

/** A configuration that cannot be used, with everything that is wrong with it. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly problems: readonly ConfigProblem[];

  constructor(file: string, problems: readonly ConfigProblem[]) {
    const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`;
    super([`${file}: ${count}`, ...problems.map((problem) => `  ${formatProblem(problem)}`)].join('\n'));
    this.problems = problems;
  }
}

function formatProblem({ path, line, file = '', message }: ConfigProblem): string {
  const place = [file, line === undefined ? '' : `line ${line}`, path]
    .filter((part) => part !== '')
    .join(', ');
  return place === '' ? message : `${place}: ${message}`;
}

/** A path as people write it: `hypervisors[0].name`. */
export function formatPath(segments: readonly (PropertyKey | { readonly key: PropertyKey })[]): string {
  return segments
    .map((segment) => (typeof segment === 'object' ? segment.key : segment))
    .map((key, index) => (typeof key === 'number' ? `[${key}]` : `${index === 0 ? '' : '.'}${String(key)}`))
    .join('');
}
