import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  compareMicroversions,
  formatMicroversion,
  microversionWithin,
  parseMicroversion,
} from './microversion.js';

const version = fc.record({ major: fc.integer({ min: 1, max: 999_999_999 }), minor: fc.nat(999_999_999) });

describe('parseMicroversion', () => {
  it('reads what formatMicroversion writes', () => {
    fc.assert(
      fc.property(version, (each) => {
        expect(parseMicroversion(formatMicroversion(each))).toEqual(each);
      }),
    );
  });

  it.each([
    'abc',
    '2',
    '2.',
    '.6',
    '2.6.1',
    '2.06',
    '02.6',
    '0.1',
    '-1.2',
    '2.-1',
    ' 2.6',
    '2.6 ',
    '2.6\n',
    '2,6',
    '2.6e1',
    '٢.٦',
    'latest',
    '',
  ])('refuses %j', (text) => {
    expect(parseMicroversion(text)).toBeUndefined();
  });

  it('refuses numbers that would lose digits', () => {
    expect(parseMicroversion('2.99999999999999999999')).toBeUndefined();
    expect(parseMicroversion('2.999999999')).toEqual({ major: 2, minor: 999_999_999 });
  });

  it('accepts exactly the texts of the published pattern, for any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'0129.- x'), maxLength: 8 }), (text) => {
        expect(parseMicroversion(text) !== undefined).toBe(/^[1-9]\d*\.([1-9]\d*|0)$/.test(text));
      }),
    );
  });
});

describe('compareMicroversions', () => {
  it('orders by major, then by minor as a number', () => {
    const sorted = ['2.10', '2.6', '3.0', '2.99', '2.1', '10.0']
      .map((text) => parseMicroversion(text) ?? { major: 0, minor: 0 })
      .sort(compareMicroversions);
    expect(sorted.map(formatMicroversion)).toEqual(['2.1', '2.6', '2.10', '2.99', '3.0', '10.0']);
  });

  it('is a total order', () => {
    fc.assert(
      fc.property(version, version, (a, b) => {
        expect(Math.sign(compareMicroversions(a, b))).toBe(-Math.sign(compareMicroversions(b, a)) + 0);
        expect(compareMicroversions(a, b) === 0).toBe(formatMicroversion(a) === formatMicroversion(b));
      }),
    );
  });
});

describe('microversionWithin', () => {
  const [min, max] = [
    { major: 2, minor: 1 },
    { major: 2, minor: 104 },
  ];
  it.each<[string, boolean]>([
    ['2.1', true],
    ['2.6', true],
    ['2.104', true],
    ['2.0', false],
    ['2.105', false],
    ['1.9', false],
    ['3.0', false],
  ])('%s: %s', (text, within) => {
    const parsed = parseMicroversion(text);
    expect(parsed && microversionWithin(parsed, min, max)).toBe(within);
  });
});
