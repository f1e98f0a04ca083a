import { type PolicyExpression, parsePolicyExpression } from '@remote-consoles/core';
import { describe, expect, it } from 'vitest';
import { checkPolicy } from './check-policy.js';

const overrides = (rules: Record<string, string>): Record<string, PolicyExpression> =>
  Object.fromEntries(Object.entries(rules).map(([name, text]) => [name, parsePolicyExpression(text)]));

describe('the explanation of a decision', () => {
  it('says the rule, who asks about what, and which parts hold', () => {
    const rule = 'os_compute_api:os-remote-consoles';
    expect(checkPolicy({}, { rule, roles: ['member'], project: 'p' })).toEqual({
      allowed: true,
      text: `allowed: os_compute_api:os-remote-consoles is "rule:project_member_or_admin"
  asked by a user of project p, with the roles member, reader
  about project p
  holds: rule:project_member_or_admin is "rule:project_member_api or rule:context_is_admin"
    holds: rule:project_member_api is "role:member and project_id:%(project_id)s"
      holds: role:member
      holds: project_id:%(project_id)s
    fails: rule:context_is_admin is "role:admin"
`,
    });
  });

  it('is that a machine of another project is not theirs', () => {
    const rule = 'os_compute_api:servers:show';
    const answer = checkPolicy({}, { rule, roles: ['reader'], project: 'p', user: 'u', targetProject: 'q' });
    expect(answer.allowed).toBe(false);
    expect(answer.text).toMatch(/^denied: /);
    expect(answer.text).toContain('asked by u of project p, with the roles reader');
    expect(answer.text).toContain('about project q, user u');
    expect(answer.text).toContain('holds: role:reader');
    expect(answer.text).toContain('fails: project_id:%(project_id)s');
  });

  it("follows a deployment's own rules, single checks and negations", () => {
    const rules = overrides({ mine: 'not (role:guest or rule:banned)', banned: '@', single: 'role:x' });
    expect(checkPolicy(rules, { rule: 'mine', roles: [], project: 'p' }).text).toContain(
      `asked by a user of project p, without a role
  about project p
  fails: not (role:guest or rule:banned)
    holds: role:guest or rule:banned
      fails: role:guest
      holds: rule:banned is "@"
`,
    );
    expect(checkPolicy(rules, { rule: 'single', roles: ['X'], project: 'p' }).text).toContain(
      '  holds: role:x\n',
    );
  });

  it('knows whose machine it is', () => {
    const rules = overrides({ owner: 'user_id:%(user_id)s' });
    const ask = (more: object) =>
      checkPolicy(rules, { rule: 'owner', roles: [], project: 'p', ...more }).allowed;
    expect(ask({ user: 'u' })).toBe(true);
    expect(ask({ user: 'u', targetUser: 'v' })).toBe(false);
    expect(ask({})).toBe(false);
  });

  it('asks as the API does where the rule is about no machine', () => {
    const tokens = 'os_compute_api:os-console-auth-tokens';
    const list = 'os_compute_api:servers:detail';
    const rules = overrides({ [tokens]: 'project_id:%(project_id)s', [list]: 'project_id:%(project_id)s' });
    expect(checkPolicy(rules, { rule: tokens, roles: [], project: 'p' }).allowed).toBe(false);
    expect(checkPolicy(rules, { rule: list, roles: [], project: 'p', targetProject: 'q' }).allowed).toBe(
      true,
    );
  });

  it('refuses a rule that is not there', () => {
    expect(() => checkPolicy({}, { rule: 'admin_appi', roles: ['admin'], project: 'p' })).toThrow(
      'there is no rule admin_appi; did you mean admin_api?',
    );
  });
});
