import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parsePythonJson } from './python-json.js';
import { pythonRepr, pythonStr } from './python-repr.js';
import { ECHO_LIMIT } from './shortened.js';

const reprOf = (json: string) => pythonRepr(parsePythonJson(json));

describe('pythonRepr', () => {
  it.each([
    ['null', 'None'],
    ['true', 'True'],
    ['false', 'False'],
    ['5', '5'],
    ['1.5', '1.5'],
    ['[]', '[]'],
    ['{}', '{}'],
    ['"x"', "'x'"],
    ['""', "''"],
    ['[1, "a", null]', "[1, 'a', None]"],
    ['{"protocol": "vnc", "n": [{"a": true}]}', "{'protocol': 'vnc', 'n': [{'a': True}]}"],
  ])('%s is %s', (json, repr) => {
    expect(reprOf(json)).toBe(repr);
  });

  it.each([
    ["it's", `"it's"`],
    ['say "x"', `'say "x"'`],
    [`both ' and "`, `'both \\' and "'`],
    ['back\\slash', `'back\\\\slash'`],
    ['a\nb\rc\td', `'a\\nb\\rc\\td'`],
    ['\u0000\u001b\u007f', `'\\x00\\x1b\\x7f'`],
    ['\u00a0\u00ad', `'\\xa0\\xad'`],
    ['\u2028\u200b', `'\\u2028\\u200b'`],
    ['ünïcödé 漢字 😀', `'ünïcödé 漢字 😀'`],
    ['\ud800x', `'\\ud800x'`],
    ['\u{e0001}', `'\\U000e0001'`],
  ])('escapes %j as Python does', (text, repr) => {
    expect(pythonRepr(text)).toBe(repr);
  });

  it('repeats no more of a value than a message should hold', () => {
    const endless = fc.oneof(
      fc.constant('x'.repeat(100_000)),
      fc.constant('\u0000'.repeat(100_000)),
      fc.constant(new Array(50_000).fill(null)),
      fc.constant({ ['k'.repeat(100_000)]: 1 }),
      fc.constant(
        new Array(500).fill(0).reduce((inner: unknown) => [inner, inner].slice(0, 1), 'x'.repeat(5000)),
      ),
    );
    fc.assert(
      fc.property(endless, (value) => {
        const repr = reprOf(JSON.stringify(value));
        expect(repr.length).toBeLessThanOrEqual(ECHO_LIMIT + 3);
        expect(repr.endsWith('...')).toBe(true);
      }),
    );
    expect(reprOf('9'.repeat(100_000))).toBe(`${'9'.repeat(ECHO_LIMIT)}...`);
  });

  it('does not cut a character in two', () => {
    expect(pythonStr(`${'x'.repeat(ECHO_LIMIT - 1)}😀`)).toBe(`${'x'.repeat(ECHO_LIMIT - 1)}...`);
  });
});

describe('pythonStr', () => {
  it('shows a string bare and quotes those inside of containers', () => {
    expect(pythonStr("it's")).toBe("it's");
    expect(pythonStr(['x'])).toBe("['x']");
    expect(pythonStr(null)).toBe('None');
  });
});
