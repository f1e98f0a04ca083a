import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { policyExpression, withoutLonelyGroups } from '../../test/arbitrary-policy.js';
import { parsePolicyExpression } from './parse-policy.js';
import { Policy } from './policy.js';
import {
  and,
  formatPolicyExpression,
  not,
  or,
  type PolicyExpression,
  role,
  rule,
  sameProject,
} from './policy-expression.js';
import { DEFAULT_POLICY } from './policy-rules.js';

const always: PolicyExpression = { kind: 'always' };
const never: PolicyExpression = { kind: 'never' };
const [a, b, c, d] = [role('a'), role('b'), role('c'), role('d')];

describe('parsePolicyExpression', () => {
  it.each<[string, PolicyExpression]>([
    ['@', always],
    ['!', never],
    ['role:admin', role('admin')],
    ['rule:os_compute_api:servers:show', rule('os_compute_api:servers:show')],
    ['project_id:%(project_id)s', sameProject],
    ['user_id:%(user_id)s', { kind: 'same-user' }],
    ['is_admin:True', rule('context_is_admin')],
    [
      'role:admin or (role:member and project_id:%(project_id)s)',
      or(role('admin'), and(role('member'), sameProject)),
    ],
    ['(project_id:%(project_id)s)', sameProject],
    ['  ( role:a )  ', a],
    ['((role:a))', a],
    ['role:a and role:b and role:c', and(a, b, c)],
    ['(role:a and role:b) and role:c', and(and(a, b), c)],
    ['role:a or role:b and role:c or role:d', or(a, and(b, c), d)],
    ['role:a and role:b or role:c and role:d', or(and(a, b), and(c, d))],
    ['not role:a and role:b', and(not(a), b)],
    ['not (role:a and role:b)', not(and(a, b))],
    ['not not role:a', not(not(a))],
    ['role:a AND Not role:b OR @', or(and(a, not(b)), always)],
    ['role:a\tand\nrole:b', and(a, b)],
    ['role:and or role:or', or(role('and'), role('or'))],
    ['role:a:b', role('a:b')],
  ])('%s', (text, expression) => {
    expect(parsePolicyExpression(text)).toEqual(expression);
  });

  it.each<[string, string]>([
    ['', 'column 1: expected a check such as role:NAME'],
    ['   ', 'column 4: expected a check such as role:NAME'],
    ['()', 'column 2: expected a check such as role:NAME'],
    ['role:a and', 'column 11: expected a check such as role:NAME'],
    ['or role:a', 'column 1: expected a check such as role:NAME'],
    ['role:a or or role:b', 'column 11: expected a check such as role:NAME'],
    ['not', 'column 4: expected a check such as role:NAME'],
    ['role:a role:b', 'column 8: expected "and" or "or"'],
    ['(role:a role:b)', 'column 9: expected "and", "or" or a closing bracket'],
    ['(role:a', 'column 1: this bracket is never closed'],
    ['@ or ((role:a)', 'column 6: this bracket is never closed'],
    ['role:a)', 'column 7: this bracket closes nothing'],
    ['role:a not role:b', 'column 8: expected "and" or "or"'],
  ])('refuses %j', (text, message) => {
    expect(() => parsePolicyExpression(text)).toThrow(new SyntaxError(message));
  });

  it.each([
    'admin',
    'role',
    'role:',
    'rule:',
    ':admin',
    'Role:admin',
    'role:%(role)s',
    'project_id:abc',
    'project_id:%(tenant_id)s',
    'user_id:%(target.user.id)s',
    'is_admin:False',
    'http://h/%(x)s',
    "'admin':%(role)s",
    'True:%(enabled)s',
    '"role:admin"',
    'not(role:a)',
    'role:a)and(role:b',
    '[]',
    '@@',
  ])('refuses the check %s and says which there are', (text) => {
    expect(() => parsePolicyExpression(text)).toThrow(
      /^column 1: unknown check .*; known are role:NAME, rule:NAME/,
    );
  });

  it('reads what formatPolicyExpression writes', () => {
    fc.assert(
      fc.property(policyExpression, (expression) => {
        expect(parsePolicyExpression(formatPolicyExpression(expression))).toEqual(
          withoutLonelyGroups(expression),
        );
      }),
    );
  });

  it('reads the defaults as they are written', () => {
    for (const expression of Object.values(DEFAULT_POLICY)) {
      expect(parsePolicyExpression(formatPolicyExpression(expression))).toEqual(expression);
    }
  });

  it('throws nothing but a SyntaxError with a column, and gives what can be written and read again', () => {
    const word = fc.constantFrom(
      '(',
      ')',
      'and',
      'or',
      'not',
      'role:a',
      'rule:b',
      '@',
      '!',
      ' ',
      '%(project_id)s',
      'x',
    );
    const text = fc.oneof(
      fc.string(),
      fc.array(word, { maxLength: 12 }).map((words) => words.join(' ')),
      fc.array(word, { maxLength: 12 }).map((words) => words.join('')),
    );
    fc.assert(
      fc.property(text, (each) => {
        let expression: PolicyExpression;
        try {
          expression = parsePolicyExpression(each);
        } catch (error) {
          expect(error).toBeInstanceOf(SyntaxError);
          expect(String(error)).toMatch(/^SyntaxError: column \d+: /);
          return;
        }
        expect(parsePolicyExpression(formatPolicyExpression(expression))).toEqual(expression);
      }),
      { numRuns: 1000 },
    );
  });

  it('bounds length and depth', () => {
    expect(() => parsePolicyExpression(`role:${'a'.repeat(10_000)}`)).toThrow('at most 10000 characters');
    for (const text of ['('.repeat(9000), `${'('.repeat(60)}@${')'.repeat(60)}`, `${'not '.repeat(2000)}@`]) {
      expect(() => parsePolicyExpression(text)).toThrow('more than 50 brackets');
    }
    expect(parsePolicyExpression(`${'('.repeat(50)}@${')'.repeat(50)}`)).toEqual(always);
    expect(parsePolicyExpression(Array(1500).fill('@').join(' or '))).toMatchObject({ kind: 'or' });
  });

  it('gives rules that a policy takes', () => {
    const text = 'role:console_user and project_id:%(project_id)s and not role:guest or is_admin:True';
    const policy = new Policy({ 'os_compute_api:os-remote-consoles': parsePolicyExpression(text) });
    const decide = (...roles: string[]) =>
      policy.decide(
        'os_compute_api:os-remote-consoles',
        { userId: 'u', projectId: 'p', roles },
        { projectId: 'p' },
      ).allowed;
    expect([
      decide('console_user'),
      decide('console_user', 'guest'),
      decide('member'),
      decide('admin'),
    ]).toEqual([true, false, false, true]);
  });
});
