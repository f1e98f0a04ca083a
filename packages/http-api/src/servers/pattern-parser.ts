/** A regular expression of the common kind, parsed. */
export type PatternNode =
  | { readonly kind: 'char'; readonly test: (char: string) => boolean }
  | { readonly kind: 'start' | 'end' }
  | { readonly kind: 'sequence' | 'choice'; readonly parts: readonly PatternNode[] }
  | { readonly kind: 'repeat'; readonly part: PatternNode; readonly min: number; readonly max: number };

const MAX_LENGTH = 255;
const ESCAPED_CLASSES: Readonly<Record<string, RegExp>> = {
  d: /^\d$/u,
  D: /^\D$/u,
  w: /^\w$/u,
  W: /^\W$/u,
  s: /^\s$/u,
  S: /^\S$/u,
};

/**
 * Reads literals, `.`, classes, `\d \w \s` and their opposites, `* + ? {m} {m,} {m,n}`, groups, `|`, `^` and `$`.
 *
 * @returns undefined where the text is something else, or longer than 255 characters
 */
export function parsePattern(text: string): PatternNode | undefined {
  if (text.length > MAX_LENGTH) return undefined;
  try {
    return new PatternParser(text).parse();
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

class PatternParser {
  readonly #chars: readonly string[];
  #at = 0;

  constructor(text: string) {
    this.#chars = [...text];
  }

  parse(): PatternNode {
    const node = this.#choice();
    if (this.#at < this.#chars.length) throw new SyntaxError('a group is closed that was not opened');
    return node;
  }

  #choice(): PatternNode {
    const parts = [this.#sequence()];
    while (this.#skip('|')) parts.push(this.#sequence());
    return { kind: 'choice', parts };
  }

  #sequence(): PatternNode {
    const parts: PatternNode[] = [];
    while (this.#at < this.#chars.length && this.#peek() !== '|' && this.#peek() !== ')') {
      parts.push(this.#repeated(this.#atom()));
    }
    return { kind: 'sequence', parts };
  }

  #repeated(part: PatternNode): PatternNode {
    if (this.#skip('*')) return { kind: 'repeat', part, min: 0, max: Number.POSITIVE_INFINITY };
    if (this.#skip('+')) return { kind: 'repeat', part, min: 1, max: Number.POSITIVE_INFINITY };
    if (this.#skip('?')) return { kind: 'repeat', part, min: 0, max: 1 };
    return this.#skip('{') ? this.#counted(part) : part;
  }

  #counted(part: PatternNode): PatternNode {
    const close = this.#chars.indexOf('}', this.#at);
    const counts = /^(\d{1,3})(,(\d{1,3})?)?$/.exec(this.#chars.slice(this.#at, close).join(''));
    if (close < 0 || !counts) throw new SyntaxError('a repetition is not {m}, {m,} or {m,n}');
    this.#at = close + 1;
    const min = Number(counts[1]);
    const open = counts[2] === undefined ? min : Number.POSITIVE_INFINITY;
    return { kind: 'repeat', part, min, max: counts[3] === undefined ? open : Number(counts[3]) };
  }

  #atom(): PatternNode {
    const char = this.#take();
    if (char === '(') return this.#group();
    if (char === '[') return { kind: 'char', test: this.#class() };
    if (char === '^') return { kind: 'start' };
    if (char === '$') return { kind: 'end' };
    if (char === '.') return { kind: 'char', test: () => true };
    if (char === '\\') return { kind: 'char', test: this.#escape() };
    if ('*+?{'.includes(char)) throw new SyntaxError('there is nothing to repeat');
    return { kind: 'char', test: (other) => other === char };
  }

  #group(): PatternNode {
    if (this.#skip('?') && !this.#skip(':')) throw new SyntaxError('look-around and flags are not known');
    const node = this.#choice();
    if (!this.#skip(')')) throw new SyntaxError('a group is not closed');
    return node;
  }

  #escape(): (char: string) => boolean {
    const char = this.#take();
    const known = ESCAPED_CLASSES[char];
    if (known) return (other) => known.test(other);
    if (/[a-z0-9]/i.test(char)) throw new SyntaxError('an escape is not known');
    return (other) => other === char;
  }

  #class(): (char: string) => boolean {
    const negated = this.#skip('^');
    const tests: ((char: string) => boolean)[] = [];
    do tests.push(this.#range());
    while (!this.#skip(']'));
    return (char) => tests.some((test) => test(char)) !== negated;
  }

  #range(): (char: string) => boolean {
    const first = this.#take();
    if (first === '\\') return this.#escape();
    if (this.#peek() !== '-' || this.#chars[this.#at + 1] === ']') return (char) => char === first;
    this.#at++;
    const last = this.#take();
    if (last < first) throw new SyntaxError('a range ends before it starts');
    return (char) => char >= first && char <= last;
  }

  #peek(): string | undefined {
    return this.#chars[this.#at];
  }

  #take(): string {
    const char = this.#chars[this.#at++];
    if (char === undefined) throw new SyntaxError('the pattern ends too early');
    return char;
  }

  #skip(char: string): boolean {
    if (this.#peek() !== char) return false;
    this.#at++;
    return true;
  }
}
