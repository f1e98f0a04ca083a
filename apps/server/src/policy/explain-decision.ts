import {
  type Credentials,
  DEFAULT_POLICY,
  formatPolicyExpression,
  Policy,
  type PolicyDecision,
  type PolicyExpression,
  type PolicyTarget,
} from '@remote-consoles/core';

/** One part of a rule, and whether it held. */
export interface DecidedPart {
  readonly text: string;
  readonly held: boolean;
  /** What it consists of, or what the rule that it names does. */
  readonly parts: readonly DecidedPart[];
}

/** A decision with all that went into it, also what `and` and `or` need not look at any more. */
export interface ExplainedDecision extends PolicyDecision {
  readonly parts: readonly DecidedPart[];
}

/** Decides as the server with these overrides would, and says of each part of the rule whether it held. */
export function explainDecision(
  overrides: Readonly<Record<string, PolicyExpression>>,
  name: string,
  credentials: Credentials,
  target: PolicyTarget,
): ExplainedDecision {
  const rules = new Map(Object.entries({ ...DEFAULT_POLICY, ...overrides }));
  // Every part is put to core's Policy as a rule of its own: what is explained cannot differ from what is decided.
  const holds = (part: PolicyExpression) =>
    new Policy({ ...overrides, 'the part': part }).decide('the part', credentials, target).allowed;
  const explain = (part: PolicyExpression): DecidedPart => {
    const named = part.kind === 'rule' ? rules.get(part.name) : undefined;
    const text = formatPolicyExpression(part);
    return {
      text: named ? `${text} is "${formatPolicyExpression(named)}"` : text,
      held: holds(part),
      parts: (named ? inside(named) : below(part)).map(explain),
    };
  };
  const expression = rules.get(name);
  const decision = new Policy(overrides).decide(name, credentials, target);
  const parts = expression && (below(expression).length > 0 ? inside(expression) : [expression]);
  return { ...decision, parts: (parts ?? []).map(explain) };
}

/** What stands directly in an expression. */
function below(expression: PolicyExpression): readonly PolicyExpression[] {
  if (expression.kind === 'not') return [expression.expression];
  return expression.kind === 'and' || expression.kind === 'or' ? expression.expressions : [];
}

/** What is left to say of a rule whose text is known already: a single check says it all. */
function inside(rule: PolicyExpression): readonly PolicyExpression[] {
  return rule.kind === 'rule' || rule.kind === 'not' ? [rule] : below(rule);
}
