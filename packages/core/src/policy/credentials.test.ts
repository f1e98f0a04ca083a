import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { withImpliedRoles } from './credentials.js';

describe('withImpliedRoles', () => {
  it.each<[string[], string[]]>([
    [['admin'], ['admin', 'manager', 'member', 'reader']],
    [['manager'], ['manager', 'member', 'reader']],
    [['member'], ['member', 'reader']],
    [['reader'], ['reader']],
    [['observer'], ['observer']],
    [[], []],
    [
      ['observer', 'member'],
      ['observer', 'member', 'reader'],
    ],
  ])('%j', (roles, expanded) => {
    expect(withImpliedRoles(roles)).toEqual(expanded);
  });

  it('gives nothing for role names that every object has as a property', () => {
    for (const name of ['constructor', '__proto__', 'toString', 'hasOwnProperty']) {
      expect(withImpliedRoles([name])).toEqual([name]);
    }
  });

  it('keeps every role, names each once, and adds nothing more when asked again', () => {
    const roles = fc.array(fc.oneof(fc.string(), fc.constantFrom('admin', 'manager', 'member', 'reader')));
    fc.assert(
      fc.property(roles, (held) => {
        const expanded = withImpliedRoles(held);
        expect(expanded).toEqual(expect.arrayContaining(held));
        expect(new Set(expanded).size).toBe(expanded.length);
        expect(withImpliedRoles(expanded)).toEqual(expanded);
      }),
    );
  });
});
