import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Secret } from './secret.js';

const VALUE = 'hunter2-hunter2';
const holder = { password: new Secret(VALUE), list: [new Secret(VALUE)] };

describe('Secret', () => {
  it('reveals its value on request', () => {
    fc.assert(fc.property(fc.string(), (value) => new Secret(value).reveal() === value));
  });

  it.each<[string, () => string]>([
    ['String()', () => String(holder.password)],
    ['a template', () => `${holder.password}`],
    ['concatenation', () => 'x'.concat(holder.password as unknown as string)],
    ['join', () => holder.list.join()],
    ['toLocaleString', () => holder.list.toLocaleString()],
    ['JSON', () => JSON.stringify(holder)],
    ['inspect', () => inspect(holder)],
    [
      'inspect with everything shown',
      () => inspect(holder, { showHidden: true, depth: null, getters: true }),
    ],
    ['inspect without custom functions', () => inspect(holder, { customInspect: false, depth: null })],
    ['an error message', () => new Error(`refused ${holder.password}`).message],
    ['its own property names', () => Object.getOwnPropertyNames(holder.password).join()],
    ['for…in', () => Object.entries({ ...holder.password }).join()],
    ['structuredClone', () => inspect(structuredClone({ a: holder.password }), { depth: null })],
  ])('is not printed by %s', (_way, print) => {
    expect(print()).not.toContain('hunter2');
  });

  it('says that something was left out', () => {
    expect(String(holder.password)).toBe('[redacted]');
    expect(JSON.stringify(holder)).toBe('{"password":"[redacted]","list":["[redacted]"]}');
    expect(inspect(holder.password)).toBe('[redacted]');
  });
});
