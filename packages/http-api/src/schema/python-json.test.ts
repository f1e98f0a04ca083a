import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parsePythonJson } from './python-json.js';
import { PythonNumber, type PythonValue } from './python-value.js';

/** The value as JavaScript would have read it. */
function toJavaScript(value: PythonValue): unknown {
  if (value instanceof PythonNumber) return Number(value.repr.replace('inf', 'Infinity'));
  if (value instanceof Map) {
    return Object.fromEntries([...value].map(([key, member]) => [key, toJavaScript(member)]));
  }
  return Array.isArray(value) ? value.map(toJavaScript) : value;
}

describe('parsePythonJson', () => {
  it('reads what JSON.parse reads', () => {
    fc.assert(
      fc.property(fc.json(), fc.constantFrom(undefined, 1, '\t'), (text, indent) => {
        const spaced = JSON.stringify(JSON.parse(text), null, indent);
        expect(toJavaScript(parsePythonJson(spaced))).toEqual(JSON.parse(spaced));
      }),
      { numRuns: 500 },
    );
  });

  it('keeps the order of keys, numeric ones too', () => {
    expect(parsePythonJson('{"b":true,"1":null,"a":false}')).toEqual(
      new Map([
        ['b', true],
        ['1', null],
        ['a', false],
      ] as const),
    );
  });

  it('takes the last of duplicate keys, at the place of the first', () => {
    expect([...(parsePythonJson('{"a":"1","b":"2","a":"3"}') as Map<string, string>)]).toEqual([
      ['a', '3'],
      ['b', '2'],
    ]);
  });

  it('holds __proto__ as a key like any other', () => {
    expect(parsePythonJson('{"__proto__":{"x":null}}')).toEqual(
      new Map([['__proto__', new Map([['x', null]])]]),
    );
  });

  it('tells ints from floats', () => {
    const numbers = parsePythonJson('[1, 1.0, 1e2, -0, -0.0, 1E+400, 90071992547409931]') as PythonNumber[];
    expect(numbers.map(({ repr }) => repr)).toEqual([
      '1',
      '1.0',
      '100.0',
      '0',
      '-0.0',
      'inf',
      '90071992547409931',
    ]);
  });

  it('reads a string of 100 KB', () => {
    const long = '\\"x'.repeat(33_000);
    expect(parsePythonJson(`"${long}"`)).toBe('"x'.repeat(33_000));
  });
});
