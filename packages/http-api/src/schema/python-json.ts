import { type PythonValue, pythonFloat, pythonInt } from './python-value.js';

const TOKEN =
  /[ \t\n\r]*(?:([[\]{},:])|"([^"\\]*(?:\\.[^"\\]*)*)"|(-?\d+)(\.\d+)?([eE][+-]?\d+)?|(true|false|null))/y;

/**
 * Reads JSON as Python's json module does: integers of any size, floats that stay floats, keys in order, of duplicate
 * keys the last value at the first one's place.
 *
 * @param text JSON that `JSON.parse` accepts and whose nesting is bounded
 */
export function parsePythonJson(text: string): PythonValue {
  return new PythonJson(text).value();
}

class PythonJson {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  value(): PythonValue {
    const [token, mark, string, integer, fraction = '', power = ''] = this.#next();
    if (mark === '[') return this.#array();
    if (mark === '{') return this.#object();
    if (string !== undefined) return unquote(string);
    if (integer !== undefined) {
      return fraction || power ? pythonFloat(Number(integer + fraction + power)) : pythonInt(integer);
    }
    const word = token.trim();
    return word === 'null' ? null : word === 'true';
  }

  #array(): PythonValue[] {
    const items: PythonValue[] = [];
    if (this.#skip(']')) return items;
    do items.push(this.value());
    while (this.#skip(','));
    this.#next();
    return items;
  }

  #object(): Map<string, PythonValue> {
    const entries = new Map<string, PythonValue>();
    if (this.#skip('}')) return entries;
    do {
      const key = unquote(this.#next()[2] ?? '');
      this.#next();
      entries.set(key, this.value());
    } while (this.#skip(','));
    this.#next();
    return entries;
  }

  #next(): RegExpExecArray {
    TOKEN.lastIndex = this.#at;
    const match = TOKEN.exec(this.#text);
    if (!match) throw new SyntaxError(`JSON that JSON.parse accepted cannot be read at ${this.#at}`);
    this.#at = TOKEN.lastIndex;
    return match;
  }

  /** Moves past the mark if it comes next. */
  #skip(mark: string): boolean {
    const before = this.#at;
    if (this.#next()[1] === mark) return true;
    this.#at = before;
    return false;
  }
}

function unquote(string: string): string {
  return string.includes('\\') ? JSON.parse(`"${string}"`) : string;
}
