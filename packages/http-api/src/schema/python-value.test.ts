import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pythonFloat, pythonInt } from './python-value.js';

describe('pythonFloat', () => {
  it.each([
    [1, '1.0'],
    [-1.5, '-1.5'],
    [0, '0.0'],
    [-0, '-0.0'],
    [100, '100.0'],
    [0.1, '0.1'],
    [0.0001, '0.0001'],
    [0.00001, '1e-05'],
    [1.5e-7, '1.5e-07'],
    [123456789012345, '123456789012345.0'],
    [9999999999999998, '9999999999999998.0'],
    [1e16, '1e+16'],
    [1.25e22, '1.25e+22'],
    [1e100, '1e+100'],
    [5e-324, '5e-324'],
    [1.7976931348623157e308, '1.7976931348623157e+308'],
    [Number.POSITIVE_INFINITY, 'inf'],
    [Number.NEGATIVE_INFINITY, '-inf'],
  ])('%d is %s', (value, repr) => {
    expect(pythonFloat(value).repr).toBe(repr);
  });

  it('reads back as the same number and never looks like an int', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        const { repr } = pythonFloat(value);
        expect(Object.is(Number(repr), value)).toBe(true);
        expect(repr).toMatch(/[.e]/);
      }),
    );
  });
});

describe('pythonInt', () => {
  it('keeps every digit', () => {
    expect(pythonInt('123456789012345678901234567890').repr).toBe('123456789012345678901234567890');
    expect(pythonInt('-7').repr).toBe('-7');
  });

  it('knows one zero only', () => {
    expect(pythonInt('-0').repr).toBe('0');
  });
});
