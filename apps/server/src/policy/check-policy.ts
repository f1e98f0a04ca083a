import {
  type Credentials,
  DEFAULT_POLICY,
  type PolicyExpression,
  type PolicyTarget,
  withImpliedRoles,
} from '@remote-consoles/core';
import { ConfigError } from '../config/config-problem.js';
import { type DecidedPart, explainDecision } from './explain-decision.js';
import { didYouMean } from './nearest-names.js';

/** Who asks for what. */
export interface PolicyQuestion {
  readonly rule: string;
  readonly roles: readonly string[];
  readonly project: string;
  readonly user?: string;
  /** The machine's project; the user's own where absent. */
  readonly targetProject?: string;
  /** The machine's owner; the user where absent. */
  readonly targetUser?: string;
}

/** The decision in words, a line each. */
export interface PolicyAnswer {
  readonly allowed: boolean;
  readonly text: string;
}

/** @throws ConfigError where there is no such rule */
export function checkPolicy(
  overrides: Readonly<Record<string, PolicyExpression>>,
  question: PolicyQuestion,
): PolicyAnswer {
  const { rule, roles, project: projectId, user = '' } = question;
  const names = new Set(Object.keys({ ...DEFAULT_POLICY, ...overrides }));
  if (!names.has(rule)) {
    throw new ConfigError('RULE', [
      { path: '', message: `there is no rule ${rule}${didYouMean(rule, names)}` },
    ]);
  }
  const credentials = { userId: user, projectId, roles: withImpliedRoles(roles) };
  const target = targetOf(question);
  const { allowed, reason, parts } = explainDecision(overrides, rule, credentials, target);
  const lines = [
    `${allowed ? 'allowed' : 'denied'}: ${reason}`,
    `  asked by ${describeUser(credentials)}`,
    `  about ${describeTarget(target)}`,
    ...parts.flatMap((part) => linesOf(part, 1)),
  ];
  return { allowed, text: `${lines.join('\n')}\n` };
}

/** What the API asks the rule about: a machine, the user's project as a whole, or nothing of anybody's. */
function targetOf({ rule, project, user, targetProject, targetUser = user }: PolicyQuestion): PolicyTarget {
  if (rule === 'os_compute_api:os-console-auth-tokens') return {};
  if (/^os_compute_api:servers:(?:index|detail)/.test(rule)) return { projectId: project };
  return { projectId: targetProject ?? project, ...(targetUser !== undefined && { userId: targetUser }) };
}

function describeUser({ userId, projectId, roles }: Credentials): string {
  const held = roles.length === 0 ? 'without a role' : `with the roles ${roles.join(', ')}`;
  return `${userId === '' ? 'a user' : userId} of project ${projectId}, ${held}`;
}

function describeTarget({ projectId, userId }: PolicyTarget): string {
  if (projectId === undefined) return 'nothing that belongs to a project or user';
  return `project ${projectId}${userId === undefined ? '' : `, user ${userId}`}`;
}

function linesOf({ text, held, parts }: DecidedPart, depth: number): readonly string[] {
  const line = `${'  '.repeat(depth)}${held ? 'holds' : 'fails'}: ${text}`;
  return [line, ...parts.flatMap((part) => linesOf(part, depth + 1))];
}
