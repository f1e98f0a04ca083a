import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatPolicyExpression, Policy, parsePolicyExpression } from '../src/index.js';
import { policyExpression, ROLES } from './arbitrary-policy.js';

const PYTHON = '/usr/bin/python3';
const script = fileURLToPath(new URL('oslo_policy_decisions.py', import.meta.url));

function osloIsInstalled(): boolean {
  try {
    execFileSync(PYTHON, ['-c', 'import oslo_policy'], { stdio: 'ignore' });
    return true;
  } catch (error) {
    if (process.env['CI'] === 'true') throw error;
    console.warn('\n*** SKIPPED: comparison with oslo.policy. python3-oslo.policy is not installed ***\n');
    return false;
  }
}

interface Question {
  readonly rules: Readonly<Record<string, string>>;
  readonly credentials: { readonly user_id: string; readonly project_id: string; readonly roles: string[] };
  readonly target: { readonly user_id: string; readonly project_id: string };
}

function askOslo(questions: readonly Question[]): boolean[] {
  const input = JSON.stringify(questions);
  return JSON.parse(execFileSync(PYTHON, [script], { input, encoding: 'utf8', maxBuffer: 1 << 24 }));
}

function ask({ rules, credentials, target }: Question): boolean {
  const overrides = Object.entries(rules).map(([name, text]) => [name, parsePolicyExpression(text)] as const);
  const { user_id: userId, project_id: projectId, roles } = credentials;
  const whose = { userId: target.user_id, projectId: target.project_id };
  return new Policy(Object.fromEntries(overrides)).decide('asked', { userId, projectId, roles }, whose)
    .allowed;
}

const owner = fc.record({ user_id: fc.constantFrom('u1', 'u2'), project_id: fc.constantFrom('p1', 'p2') });
const credentials = fc
  .tuple(owner, fc.subarray([...ROLES, 'ADMIN']))
  .map(([who, roles]) => ({ ...who, roles }));
const FIXED = {
  context_is_admin: 'role:admin',
  project_member_api: 'role:member and project_id:%(project_id)s',
  'a:b.c-d_e': 'not role:reader or user_id:%(user_id)s',
};

/** Rules without any brackets, so that precedence alone decides. */
const flat = fc
  .array(
    fc.tuple(
      fc.constantFrom('and', 'or'),
      fc.boolean(),
      fc.constantFrom('@', '!', 'role:admin', 'role:member'),
    ),
    {
      minLength: 1,
      maxLength: 7,
    },
  )
  .map((parts) =>
    parts
      .map(([join, negated, check], n) => `${n ? `${join} ` : ''}${negated ? 'not ' : ''}${check}`)
      .join(' '),
  );

describe.skipIf(!osloIsInstalled())('the real oslo.policy', () => {
  it('decides as we do, for any rule, user and server', () => {
    const text = fc.oneof(policyExpression.map(formatPolicyExpression), flat);
    const question = fc.tuple(text, credentials, owner).map(([asked, who, target]) => ({
      rules: { ...FIXED, asked },
      credentials: who,
      target,
    }));
    const questions = fc.sample(question, 1500);
    const decisions = questions.map((each) => ({ ...each, allowed: ask(each) }));
    const oslo = askOslo(questions);
    expect(decisions).toEqual(questions.map((each, n) => ({ ...each, allowed: oslo[n] })));
    expect(new Set(oslo), 'both answers occur').toEqual(new Set([true, false]));
  });
});
