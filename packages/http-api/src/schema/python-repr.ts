import { PythonNumber, type PythonValue } from './python-value.js';
import { ECHO_LIMIT, shortened } from './shortened.js';

/** What must be looked at: quotes, the backslash and what Python's `str.isprintable` denies. */
const SPECIAL = /[\\'"\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}\p{Zs}]/gu;
const NAMED: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** Python's `repr` of a value, cut as {@link shortened} does it: Nova's messages quote what the client sent. */
export function pythonRepr(value: PythonValue): string {
  let text = '';
  for (const piece of pieces(value)) {
    text += piece;
    if (text.length > ECHO_LIMIT) break;
  }
  return shortened(text);
}

/** Python's `str` of a value: a string stands for itself, everything else is its `repr`. */
export function pythonStr(value: PythonValue): string {
  return typeof value === 'string' ? shortened(value) : pythonRepr(value);
}

function* pieces(value: PythonValue): Generator<string> {
  if (value === null) yield 'None';
  else if (typeof value === 'boolean') yield value ? 'True' : 'False';
  else if (typeof value === 'string') yield reprString(value);
  else if (value instanceof PythonNumber) yield value.repr.slice(0, ECHO_LIMIT + 1);
  else if (value instanceof Map) yield* dictPieces(value);
  else yield* listPieces(value as readonly PythonValue[]);
}

function* listPieces(items: readonly PythonValue[]): Generator<string> {
  let separator = '[';
  for (const item of items) {
    yield separator;
    yield* pieces(item);
    separator = ', ';
  }
  yield items.length === 0 ? '[]' : ']';
}

function* dictPieces(entries: ReadonlyMap<string, PythonValue>): Generator<string> {
  let separator = '{';
  for (const [key, value] of entries) {
    yield `${separator}${reprString(key)}: `;
    yield* pieces(value);
    separator = ', ';
  }
  yield entries.size === 0 ? '{}' : '}';
}

function reprString(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  const shown = text.length > ECHO_LIMIT ? text.slice(0, ECHO_LIMIT + 1) : text;
  return quote + shown.replace(SPECIAL, (char) => escapeChar(char, quote)) + quote;
}

function escapeChar(char: string, quote: string): string {
  if (char === ' ') return char;
  if (char === "'" || char === '"') return char === quote ? `\\${char}` : char;
  const named = NAMED[char];
  if (named !== undefined) return named;
  const code = char.codePointAt(0) ?? 0;
  if (code <= 0xff) return `\\x${hex(code, 2)}`;
  return code <= 0xffff ? `\\u${hex(code, 4)}` : `\\U${hex(code, 8)}`;
}

function hex(code: number, width: number): string {
  return code.toString(16).padStart(width, '0');
}
