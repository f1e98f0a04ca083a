import { and, not, or, type PolicyExpression, role, rule, sameProject } from './policy-expression.js';

/** A rule is a line in a file; nobody writes a longer one by hand. */
const MAX_LENGTH = 10_000;
const MAX_DEPTH = 50;

const KNOWN =
  'known are role:NAME, rule:NAME, project_id:%(project_id)s, user_id:%(user_id)s, is_admin:True, @ and !';

type Token =
  | { readonly kind: '(' | ')' | 'and' | 'or' | 'not'; readonly column: number }
  | { readonly kind: 'check'; readonly column: number; readonly text: string };

/**
 * Reads a rule in oslo.policy's language: `role:admin or (role:member and project_id:%(project_id)s)`. `not` binds
 * closer than `and`, `and` closer than `or`; words are separated by spaces and may have brackets around them. What
 * oslo.policy would take for a check that always fails, an unknown word, is refused here, and so is an empty rule, which
 * oslo.policy lets pass for everybody: write `@` for that.
 *
 * @throws SyntaxError saying at which column, from 1, what is wrong
 */
export function parsePolicyExpression(text: string): PolicyExpression {
  if (text.length > MAX_LENGTH) throw new SyntaxError(`a rule has at most ${MAX_LENGTH} characters`);
  return new Parser(tokensOf(text), text.length + 1).parse();
}

function tokensOf(text: string): Token[] {
  return [...text.matchAll(/\S+/g)].flatMap(({ 0: word, index }) => tokensOfWord(word, index + 1));
}

/** Brackets belong to the rule at the ends of a word only: inside they are part of `%(project_id)s`. */
function tokensOfWord(word: string, column: number): Token[] {
  const opening = /^\(*/.exec(word)?.[0].length ?? 0;
  const closing = /\)*$/.exec(word.slice(opening))?.[0].length ?? 0;
  const end = word.length - closing;
  const bracket = (kind: '(' | ')', from: number, count: number): Token[] =>
    Array.from({ length: count }, (_, n) => ({ kind, column: column + from + n }));
  const middle = word.slice(opening, end);
  return [
    ...bracket('(', 0, opening),
    ...(middle === '' ? [] : [tokenOf(middle, column + opening)]),
    ...bracket(')', end, closing),
  ];
}

function tokenOf(text: string, column: number): Token {
  const word = text.toLowerCase();
  return word === 'and' || word === 'or' || word === 'not'
    ? { kind: word, column }
    : { kind: 'check', column, text };
}

class Parser {
  readonly #tokens: readonly Token[];
  readonly #end: number;
  #next = 0;

  constructor(tokens: readonly Token[], end: number) {
    this.#tokens = tokens;
    this.#end = end;
  }

  parse(): PolicyExpression {
    const expression = this.#or(0);
    const left = this.#tokens[this.#next];
    if (left?.kind === ')') fail(left.column, 'this bracket closes nothing');
    if (left) fail(left.column, 'expected "and" or "or"');
    return expression;
  }

  #or(depth: number): PolicyExpression {
    const parts = [this.#and(depth)];
    while (this.#take('or')) parts.push(this.#and(depth));
    return joined(parts, or);
  }

  #and(depth: number): PolicyExpression {
    const parts = [this.#not(depth)];
    while (this.#take('and')) parts.push(this.#not(depth));
    return joined(parts, and);
  }

  #not(depth: number): PolicyExpression {
    const column = this.#tokens[this.#next]?.column ?? this.#end;
    if (depth > MAX_DEPTH) fail(column, `more than ${MAX_DEPTH} brackets or "not" inside one another`);
    if (this.#take('not')) return not(this.#not(depth + 1));
    if (this.#take('(')) return this.#rest(depth + 1, column);
    const token = this.#tokens[this.#next];
    if (token?.kind !== 'check') return fail(column, 'expected a check such as role:NAME');
    this.#next += 1;
    return checkOf(token.text, token.column);
  }

  /** What follows an opening bracket. */
  #rest(depth: number, column: number): PolicyExpression {
    const expression = this.#or(depth);
    const next = this.#tokens[this.#next];
    if (next && next.kind !== ')') fail(next.column, 'expected "and", "or" or a closing bracket');
    if (!this.#take(')')) fail(column, 'this bracket is never closed');
    return expression;
  }

  #take(kind: Token['kind']): boolean {
    if (this.#tokens[this.#next]?.kind !== kind) return false;
    this.#next += 1;
    return true;
  }
}

function joined(
  parts: readonly PolicyExpression[],
  join: (...parts: PolicyExpression[]) => PolicyExpression,
): PolicyExpression {
  const [only] = parts;
  return only && parts.length === 1 ? only : join(...parts);
}

function checkOf(text: string, column: number): PolicyExpression {
  switch (text) {
    case '@':
      return { kind: 'always' };
    case '!':
      return { kind: 'never' };
    case 'project_id:%(project_id)s':
      return sameProject;
    case 'user_id:%(user_id)s':
      return { kind: 'same-user' };
    // What Nova itself makes of it: is_admin is the outcome of that rule.
    case 'is_admin:True':
      return rule('context_is_admin');
  }
  const [, kind, name] = /^(role|rule):([^\s()%'"]+)$/.exec(text) ?? [];
  if (kind === undefined || name === undefined) return fail(column, `unknown check "${text}"; ${KNOWN}`);
  return kind === 'role' ? role(name) : rule(name);
}

function fail(column: number, message: string): never {
  throw new SyntaxError(`column ${column}: ${message}`);
}
