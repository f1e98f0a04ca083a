import { forbidden } from '../errors.js';
import type { Credentials } from './credentials.js';
import { formatPolicyExpression, type PolicyExpression } from './policy-expression.js';
import { DEFAULT_POLICY, type PolicyRule } from './policy-rules.js';

/** Whose thing is asked for. */
export interface PolicyTarget {
  readonly projectId?: string;
  readonly userId?: string;
}

/** What was decided, and the rule that says so. */
export interface PolicyDecision {
  readonly allowed: boolean;
  readonly reason: string;
}

/** The rules of a deployment: Nova's defaults, overridden by name. Immutable. */
export class Policy {
  readonly #rules: ReadonlyMap<string, PolicyExpression>;

  /** @throws RangeError where a rule refers to one that does not exist, or to itself in a circle */
  constructor(overrides: Readonly<Record<string, PolicyExpression>> = {}) {
    this.#rules = new Map(Object.entries({ ...DEFAULT_POLICY, ...overrides }));
    for (const [name, expression] of this.#rules) this.#assertSound(expression, [name]);
  }

  /** Decides; an unknown rule is denied. Pure. */
  decide(name: string, credentials: Credentials, target: PolicyTarget): PolicyDecision {
    const expression = this.#rules.get(name);
    if (!expression) return { allowed: false, reason: `there is no rule ${name}` };
    const allowed = this.#holds(expression, credentials, target);
    return { allowed, reason: `${name} is "${formatPolicyExpression(expression)}"` };
  }

  /** @throws ConsoleError `forbidden` */
  enforce(name: PolicyRule, credentials: Credentials, target: PolicyTarget): void {
    if (!this.allows(name, credentials, target)) throw forbidden(name);
  }

  /** Whether the user is an administrator, who sees every project. */
  isAdmin(credentials: Credentials): boolean {
    return this.allows('context_is_admin', credentials, {});
  }

  /** Decides without a reason; an unknown rule is denied. Pure. */
  allows(name: string, credentials: Credentials, target: PolicyTarget): boolean {
    const expression = this.#rules.get(name);
    return expression !== undefined && this.#holds(expression, credentials, target);
  }

  #holds(expression: PolicyExpression, credentials: Credentials, target: PolicyTarget): boolean {
    switch (expression.kind) {
      case 'always':
        return true;
      case 'never':
        return false;
      case 'role':
        return credentials.roles.some((held) => held.toLowerCase() === expression.role.toLowerCase());
      case 'same-project':
        return credentials.projectId !== undefined && credentials.projectId === target.projectId;
      case 'same-user':
        return credentials.userId === target.userId;
      case 'rule':
        return this.allows(expression.name, credentials, target);
      case 'not':
        return !this.#holds(expression.expression, credentials, target);
      case 'and':
        return expression.expressions.every((part) => this.#holds(part, credentials, target));
      case 'or':
        return expression.expressions.some((part) => this.#holds(part, credentials, target));
    }
  }

  #assertSound(expression: PolicyExpression, path: readonly string[]): void {
    switch (expression.kind) {
      case 'rule': {
        const referred = this.#rules.get(expression.name);
        if (!referred)
          throw new RangeError(`policy rule ${path[0]} refers to ${expression.name}, which does not exist`);
        if (path.includes(expression.name)) {
          throw new RangeError(
            `policy rule ${path[0]} goes in a circle: ${[...path, expression.name].join(' > ')}`,
          );
        }
        this.#assertSound(referred, [...path, expression.name]);
        return;
      }
      case 'not':
        this.#assertSound(expression.expression, path);
        return;
      case 'and':
      case 'or':
        for (const part of expression.expressions) this.#assertSound(part, path);
    }
  }
}
