import { Policy, type PolicyExpression, parsePolicyExpression } from '@remote-consoles/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { unsoundRules } from './rule-references.js';

const unsound = (rules: Record<string, string>) =>
  unsoundRules(new Map(Object.entries(rules).map(([name, text]) => [name, parsePolicyExpression(text)])));

describe('the references of rules', () => {
  it('may go to defaults and to one another', () => {
    expect(unsound({ a: 'rule:b or rule:admin_api', b: 'not rule:c', c: 'role:x' })).toEqual([]);
  });

  it('are all told where they go nowhere, each at its rule', () => {
    expect(unsound({ a: 'rule:x and (role:y or not rule:z)', b: 'rule:admin_appi' })).toEqual([
      { name: 'a', message: 'refers to x, which does not exist' },
      { name: 'a', message: 'refers to z, which does not exist' },
      { name: 'b', message: 'refers to admin_appi, which does not exist; did you mean admin_api?' },
    ]);
  });

  it('are told once for each circle', () => {
    expect(unsound({ a: 'rule:b', b: 'not rule:a', c: 'role:x or rule:c', d: 'rule:a' })).toEqual([
      { name: 'a', message: 'goes in a circle: a > b > a' },
      { name: 'c', message: 'goes in a circle: c > c' },
    ]);
    expect(unsound({ context_is_admin: 'rule:project_member_or_admin' })).toEqual([
      {
        name: 'context_is_admin',
        message: 'goes in a circle: context_is_admin > project_member_or_admin > context_is_admin',
      },
    ]);
  });

  it('are sound exactly where the Policy takes them', () => {
    const name = fc.constantFrom('a', 'b', 'c', 'd', 'context_is_admin', 'project_member_or_admin');
    const expression = fc.letrec<{ rule: PolicyExpression }>((tie) => ({
      rule: fc.oneof(
        { maxDepth: 2 },
        fc.constant<PolicyExpression>({ kind: 'role', role: 'r' }),
        name.map((to): PolicyExpression => ({ kind: 'rule', name: to })),
        tie('rule').map((inner): PolicyExpression => ({ kind: 'not', expression: inner })),
        fc
          .tuple(tie('rule'), tie('rule'))
          .map((both): PolicyExpression => ({ kind: 'and', expressions: both })),
      ),
    })).rule;
    let sound = 0;
    fc.assert(
      fc.property(fc.dictionary(name, expression), (overrides) => {
        const problems = unsoundRules(new Map(Object.entries(overrides)));
        const make = () => new Policy(overrides);
        if (problems.length > 0) {
          expect(make).toThrow(RangeError);
        } else {
          expect(make).not.toThrow();
          sound += 1;
        }
      }),
      { numRuns: 500 },
    );
    expect(sound).toBeGreaterThan(20);
  });
});
