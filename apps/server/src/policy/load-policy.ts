import { resolve } from 'node:path';
import { POLICY_RULES, type PolicyExpression, parsePolicyExpression } from '@remote-consoles/core';
import { ConfigError, type ConfigProblem } from '../config/config-problem.js';
import type { ConfigFile } from '../config/read-config.js';
import { parseYaml, readText } from '../config/yaml-file.js';
import { didYouMean } from './nearest-names.js';
import { unsoundRules } from './rule-references.js';

/** Names that start so are Nova's or ours; all others are a deployment's own, for its rules to refer to. */
const RESERVED = ['os_compute_api:', 'remote_consoles:'];

/** A rule as somebody wrote it, and where. */
interface WrittenRule {
  readonly name: string;
  readonly text: unknown;
  problem(message: string): ConfigProblem;
}

/**
 * Reads the rules that a configuration lays over Nova's defaults: those of its policy file, and over them its own.
 *
 * @throws ConfigError with everything that is wrong with them at once
 */
export async function loadPolicyOverrides(
  file: ConfigFile,
): Promise<Readonly<Record<string, PolicyExpression>>> {
  const { written: fromFile, problems: fileProblems } = await rulesOfFile(file);
  const written = [...fromFile, ...inlineRules(file)];
  const problems = [...fileProblems];
  const rules = new Map<string, PolicyExpression>();
  for (const rule of written) {
    if (isUnknown(rule.name)) problems.push(rule.problem(unknownRule(rule.name)));
    try {
      rules.set(rule.name, parseRule(rule.text));
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      problems.push(rule.problem(error.message));
      // Whoever refers to it is not wrong too.
      rules.set(rule.name, { kind: 'never' });
    }
  }
  // Without the file nobody knows what the other rules may refer to.
  if (fileProblems.length === 0) problems.push(...unsound(written, rules));
  if (problems.length > 0) throw new ConfigError(file.file, problems);
  return Object.fromEntries(rules);
}

function unsound(
  written: readonly WrittenRule[],
  rules: ReadonlyMap<string, PolicyExpression>,
): readonly ConfigProblem[] {
  const effective = new Map(written.map((rule) => [rule.name, rule]));
  return unsoundRules(rules).flatMap(({ name, message }) => effective.get(name)?.problem(message) ?? []);
}

function inlineRules({ config, locate }: ConfigFile): readonly WrittenRule[] {
  return Object.entries(config.policy.rules).map(([name, text]) => ({
    name,
    text,
    problem: (message) => locate(['policy', 'rules', name], message),
  }));
}

interface PolicyFile {
  readonly written: readonly WrittenRule[];
  /** Why it could not be read at all. */
  readonly problems: readonly ConfigProblem[];
}

async function rulesOfFile({ directory, config, locate }: ConfigFile): Promise<PolicyFile> {
  const named = config.policy.file;
  if (named === undefined) return { written: [], problems: [] };
  try {
    const { value, locate: within } = parseYaml(await readText(resolve(directory, named)), named);
    if (!isMapping(value ?? {})) {
      throw new ConfigError(named, [{ path: '', message: 'must map the names of rules to their texts' }]);
    }
    const written = Object.entries(value ?? {}).map(([name, text]) => ({
      name,
      text,
      problem: (message: string) => ({ ...within([name], message), file: named }),
    }));
    return { written, problems: [] };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const problems = error.problems.map((problem) =>
      problem.line === undefined
        ? locate(['policy', 'file'], `${named} ${problem.message}`)
        : { ...problem, file: named },
    );
    return { written: [], problems };
  }
}

function isMapping(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parseRule(text: unknown): PolicyExpression {
  if (typeof text === 'string') return parsePolicyExpression(text);
  throw new SyntaxError('must be text such as role:admin; "@" and "!" need their quotes');
}

function isUnknown(name: string): boolean {
  return RESERVED.some((prefix) => name.startsWith(prefix)) && !POLICY_RULES.some((rule) => rule === name);
}

function unknownRule(name: string): string {
  const near = didYouMean(name, POLICY_RULES);
  return `there is no such rule here${near === '' ? `; there are ${POLICY_RULES.join(', ')}` : near}`;
}
