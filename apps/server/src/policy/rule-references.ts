import { DEFAULT_POLICY, type PolicyExpression } from '@remote-consoles/core';
import { didYouMean } from './nearest-names.js';

/** A rule that refers to what is not there, or to itself. */
export interface UnsoundRule {
  readonly name: string;
  readonly message: string;
}

/**
 * Every reference of the overrides, laid over Nova's defaults, for which core's Policy refuses them: it stops at the
 * first.
 */
export function unsoundRules(overrides: ReadonlyMap<string, PolicyExpression>): readonly UnsoundRule[] {
  const rules = new Map([...Object.entries(DEFAULT_POLICY), ...overrides]);
  const references = new Map([...rules].map(([name, expression]) => [name, referencesOf(expression)]));
  return [...missing(overrides.keys(), references), ...circles(overrides.keys(), references)];
}

type References = ReadonlyMap<string, ReadonlySet<string>>;

function missing(names: Iterable<string>, references: References): readonly UnsoundRule[] {
  return [...names].flatMap((name) =>
    [...(references.get(name) ?? [])]
      .filter((wanted) => !references.has(wanted))
      .map((wanted) => ({
        name,
        message: `refers to ${wanted}, which does not exist${didYouMean(wanted, references.keys())}`,
      })),
  );
}

/** Nova's defaults have no circle, so each goes through an override: it is told once, at the first of them. */
function circles(names: Iterable<string>, references: References): readonly UnsoundRule[] {
  const told = new Set<string>();
  const found: UnsoundRule[] = [];
  for (const name of names) {
    const circle = told.has(name) ? undefined : wayBack(name, references);
    if (!circle) continue;
    for (const member of circle) told.add(member);
    found.push({ name, message: `goes in a circle: ${[...circle, name].join(' > ')}` });
  }
  return found;
}

/** The shortest way from a rule to itself, breadth first. */
function wayBack(start: string, references: References): readonly string[] | undefined {
  const ways: (readonly string[])[] = [[start]];
  const seen = new Set<string>();
  for (const way of ways) {
    for (const next of references.get(way.at(-1) ?? start) ?? []) {
      if (next === start) return way;
      if (!seen.has(next)) ways.push([...way, next]);
      seen.add(next);
    }
  }
  return undefined;
}

function referencesOf(expression: PolicyExpression): ReadonlySet<string> {
  switch (expression.kind) {
    case 'rule':
      return new Set([expression.name]);
    case 'not':
      return referencesOf(expression.expression);
    case 'and':
    case 'or':
      return new Set(expression.expressions.flatMap((part) => [...referencesOf(part)]));
    default:
      return new Set();
  }
}
