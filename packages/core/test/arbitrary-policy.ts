import fc from 'fast-check';
import { and, not, or, type PolicyExpression, role, rule, sameProject } from '../src/index.js';

/** The names that rules of `expression` refer to. */
export const REFERRED_RULES = ['context_is_admin', 'project_member_api', 'a:b.c-d_e'];
export const ROLES = ['admin', 'member', 'reader', 'a:b', 'and', 'Größe'];

const leaf: fc.Arbitrary<PolicyExpression> = fc.oneof(
  fc.constantFrom<PolicyExpression>({ kind: 'always' }, { kind: 'never' }, sameProject, {
    kind: 'same-user',
  }),
  fc.constantFrom(...ROLES).map(role),
  fc.constantFrom(...REFERRED_RULES).map(rule),
);

/** Any rule of at least one check; groups of one included. */
export const policyExpression: fc.Arbitrary<PolicyExpression> = fc.letrec<{ any: PolicyExpression }>(
  (tie) => {
    const parts = fc.array(tie('any'), { minLength: 1, maxLength: 3 });
    return {
      any: fc.oneof(
        { depthSize: 'small' },
        leaf,
        tie('any').map(not),
        parts.map((each) => and(...each)),
        parts.map((each) => or(...each)),
      ),
    };
  },
).any;

/** The same rule without groups of one, which the language cannot write. */
export function withoutLonelyGroups(expression: PolicyExpression): PolicyExpression {
  switch (expression.kind) {
    case 'not':
      return not(withoutLonelyGroups(expression.expression));
    case 'and':
    case 'or': {
      const expressions = expression.expressions.map(withoutLonelyGroups);
      const [only] = expressions;
      return only && expressions.length === 1 ? only : { kind: expression.kind, expressions };
    }
    default:
      return expression;
  }
}
