/** A rule in the shape of oslo.policy's language. */
export type PolicyExpression =
  /** `@` */
  | { readonly kind: 'always' }
  /** `!` */
  | { readonly kind: 'never' }
  /** `role:admin`; compared without regard to case, as oslo.policy does */
  | { readonly kind: 'role'; readonly role: string }
  /** `project_id:%(project_id)s`: the user's project is the target's */
  | { readonly kind: 'same-project' }
  /** `user_id:%(user_id)s`: the user is the target's owner */
  | { readonly kind: 'same-user' }
  /** `rule:NAME` */
  | { readonly kind: 'rule'; readonly name: string }
  | { readonly kind: 'not'; readonly expression: PolicyExpression }
  | { readonly kind: 'and' | 'or'; readonly expressions: readonly PolicyExpression[] };

export const role = (name: string): PolicyExpression => ({ kind: 'role', role: name });
export const rule = (name: string): PolicyExpression => ({ kind: 'rule', name });
export const and = (...expressions: PolicyExpression[]): PolicyExpression => ({ kind: 'and', expressions });
export const or = (...expressions: PolicyExpression[]): PolicyExpression => ({ kind: 'or', expressions });
export const not = (expression: PolicyExpression): PolicyExpression => ({ kind: 'not', expression });
export const sameProject: PolicyExpression = { kind: 'same-project' };

/** The expression as oslo.policy writes it. */
export function formatPolicyExpression(expression: PolicyExpression): string {
  switch (expression.kind) {
    case 'always':
      return '@';
    case 'never':
      return '!';
    case 'role':
      return `role:${expression.role}`;
    case 'same-project':
      return 'project_id:%(project_id)s';
    case 'same-user':
      return 'user_id:%(user_id)s';
    case 'rule':
      return `rule:${expression.name}`;
    case 'not':
      return `not ${bracketed(expression.expression)}`;
    default:
      return expression.expressions.map(bracketed).join(` ${expression.kind} `);
  }
}

function bracketed(expression: PolicyExpression): string {
  const text = formatPolicyExpression(expression);
  return expression.kind === 'and' || expression.kind === 'or' ? `(${text})` : text;
}
