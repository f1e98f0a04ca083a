import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { admin, foreigner, member, OTHER_PROJECT, PROJECT, reader } from '../../test/fakes.js';
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
import { POLICY_RULES, type PolicyRule } from './policy-rules.js';

const own = { projectId: PROJECT };
const policy = new Policy();
const unscopedMember = { userId: 'u', roles: ['member', 'reader'] };
const norole = { userId: 'u', projectId: PROJECT, roles: ['observer'] };

describe("Nova's default rules", () => {
  const everybody = { admin, member, reader, foreigner, norole, unscopedMember };
  const allowed: Record<PolicyRule, string> = {
    'os_compute_api:os-remote-consoles': 'admin member',
    'os_compute_api:os-console-output': 'admin member',
    'os_compute_api:os-console-auth-tokens': 'admin',
    'os_compute_api:servers:index': 'admin member reader',
    'os_compute_api:servers:index:get_all_tenants': 'admin',
    'os_compute_api:servers:detail': 'admin member reader',
    'os_compute_api:servers:detail:get_all_tenants': 'admin',
    'os_compute_api:servers:show': 'admin member reader',
    'remote_consoles:sessions:index': 'admin member',
    'remote_consoles:sessions:show': 'admin member',
    'remote_consoles:sessions:delete': 'admin member',
  };

  it.each(POLICY_RULES)('%s', (name) => {
    const passing = Object.entries(everybody).filter(([, who]) => policy.decide(name, who, own).allowed);
    expect(passing.map(([who]) => who).join(' ')).toBe(allowed[name]);
  });

  it("refuses with Nova's words", () => {
    expect(() => policy.enforce('os_compute_api:os-remote-consoles', reader, own)).toThrow(
      expect.objectContaining({
        code: 'forbidden',
        message: "Policy doesn't allow os_compute_api:os-remote-consoles to be performed.",
      }),
    );
  });

  it('takes nobody for a member of a project that neither side names', () => {
    expect(policy.decide('os_compute_api:os-remote-consoles', unscopedMember, {}).allowed).toBe(false);
  });

  it('compares roles without regard to case', () => {
    expect(policy.isAdmin({ userId: 'u', roles: ['ADMIN'] })).toBe(true);
    expect(policy.isAdmin({ userId: 'u', roles: ['administrator', 'admin ', ''] })).toBe(false);
  });
});

describe('a rule that does not exist', () => {
  it.each(['os_compute_api:nothing', '', '__proto__', 'constructor', 'toString'])('%j is denied', (name) => {
    expect(policy.decide(name, admin, own)).toEqual({ allowed: false, reason: `there is no rule ${name}` });
  });
});

describe('overrides', () => {
  it('replace a rule by name and leave the others', () => {
    const strict = new Policy({ 'os_compute_api:os-remote-consoles': role('console') });
    expect(strict.decide('os_compute_api:os-remote-consoles', admin, own).allowed).toBe(false);
    expect(strict.decide('os_compute_api:os-console-output', member, own).allowed).toBe(true);
  });

  it('reach the rules that refer to them', () => {
    const operators = new Policy({ context_is_admin: role('operator') });
    expect(operators.isAdmin(admin)).toBe(false);
    expect(
      operators.decide('os_compute_api:os-remote-consoles', { userId: 'o', roles: ['operator'] }, own)
        .allowed,
    ).toBe(true);
  });

  it('may be rules of their own name', () => {
    const own2 = new Policy({ trusted: not(role('guest')), 'os_compute_api:servers:show': rule('trusted') });
    expect(own2.decide('os_compute_api:servers:show', norole, own).allowed).toBe(true);
    expect(own2.decide('os_compute_api:servers:show', { userId: 'g', roles: ['guest'] }, own).allowed).toBe(
      false,
    );
  });

  it('do not change with the object that they came in', () => {
    const overrides: Record<string, PolicyExpression> = { context_is_admin: role('admin') };
    const fixed = new Policy(overrides);
    overrides['context_is_admin'] = { kind: 'always' };
    expect(fixed.isAdmin(member)).toBe(false);
  });
});

describe('unsound rules are refused at the start', () => {
  it.each<[string, Record<string, PolicyExpression>, string]>([
    ['a missing rule', { a: rule('nowhere') }, 'policy rule a refers to nowhere, which does not exist'],
    [
      'a missing rule, deep',
      { a: and(role('x'), not(or(rule('nowhere')))) },
      'policy rule a refers to nowhere, which does not exist',
    ],
    ['itself', { a: rule('a') }, 'policy rule a goes in a circle: a > a'],
    [
      'a circle',
      { a: rule('b'), b: not(rule('c')), c: or(role('x'), rule('a')) },
      'policy rule a goes in a circle: a > b > c > a',
    ],
    [
      'a circle through a default',
      { context_is_admin: rule('project_member_or_admin') },
      'policy rule context_is_admin goes in a circle: context_is_admin > project_member_or_admin > context_is_admin',
    ],
  ])('%s', (_what, overrides, message) => {
    expect(() => new Policy(overrides)).toThrow(new RangeError(message));
  });

  it('but a rule may be used twice on different branches', () => {
    expect(() => new Policy({ a: and(rule('b'), rule('b')), b: role('x') })).not.toThrow();
  });
});

describe('decide', () => {
  const leaf: fc.Arbitrary<PolicyExpression> = fc.constantFrom<PolicyExpression>(
    { kind: 'always' },
    { kind: 'never' },
    role('admin'),
    role('member'),
    sameProject,
    { kind: 'same-user' },
    rule('context_is_admin'),
  );
  const { expression } = fc.letrec<{ expression: PolicyExpression }>((tie) => ({
    expression: fc.oneof(
      { depthSize: 'small' },
      leaf,
      tie('expression').map(not),
      fc.array(tie('expression'), { minLength: 1, maxLength: 3 }).map((parts) => and(...parts)),
      fc.array(tie('expression'), { minLength: 1, maxLength: 3 }).map((parts) => or(...parts)),
    ),
  }));
  const credentials = fc.record(
    {
      userId: fc.constantFrom('u1', 'u2'),
      projectId: fc.constantFrom(PROJECT, OTHER_PROJECT),
      roles: fc.subarray(['admin', 'member', 'reader']),
    },
    { requiredKeys: ['userId', 'roles'] },
  );
  const target = fc.record(
    { projectId: fc.constantFrom(PROJECT, OTHER_PROJECT), userId: fc.constantFrom('u1', 'u2') },
    { requiredKeys: [] },
  );

  it('obeys De Morgan', () => {
    fc.assert(
      fc.property(expression, expression, credentials, target, (a, b, who, whose) => {
        const rules = new Policy({ left: not(and(a, b)), right: or(not(a), not(b)) });
        expect(rules.decide('left', who, whose).allowed).toBe(rules.decide('right', who, whose).allowed);
      }),
    );
  });

  it('says the rule that decided', () => {
    expect(policy.decide('os_compute_api:os-console-auth-tokens', member, {})).toEqual({
      allowed: false,
      reason: 'os_compute_api:os-console-auth-tokens is "rule:context_is_admin"',
    });
  });

  it('lets same-user pass only for the owner', () => {
    const owners = new Policy({ mine: { kind: 'same-user' } });
    expect(owners.decide('mine', member, { userId: member.userId }).allowed).toBe(true);
    expect(owners.decide('mine', member, { userId: 'someone' }).allowed).toBe(false);
    expect(owners.decide('mine', member, {}).allowed).toBe(false);
  });
});

describe('formatPolicyExpression', () => {
  it.each<[PolicyExpression, string]>([
    [{ kind: 'always' }, '@'],
    [{ kind: 'never' }, '!'],
    [sameProject, 'project_id:%(project_id)s'],
    [{ kind: 'same-user' }, 'user_id:%(user_id)s'],
    [
      or(role('admin'), and(role('member'), sameProject)),
      'role:admin or (role:member and project_id:%(project_id)s)',
    ],
    [not(or(role('a'), rule('b'))), 'not (role:a or rule:b)'],
    [and(not(role('a')), role('b')), 'not role:a and role:b'],
  ])('%j', (expression, text) => {
    expect(formatPolicyExpression(expression)).toBe(text);
  });
});
