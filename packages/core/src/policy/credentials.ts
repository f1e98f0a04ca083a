/** Who makes a request, as the identity service says. */
export interface Credentials {
  readonly userId: string;
  /** Absent for a token without project scope: such a user is a member nowhere. */
  readonly projectId?: string;
  readonly roles: readonly string[];
}

const IMPLIED: ReadonlyMap<string, readonly string[]> = new Map([
  ['admin', ['manager', 'member', 'reader']],
  ['manager', ['member', 'reader']],
  ['member', ['reader']],
]);

/** Adds the roles that Keystone's default implications add: admin ⊃ manager ⊃ member ⊃ reader. */
export function withImpliedRoles(roles: readonly string[]): readonly string[] {
  return [...new Set(roles.flatMap((role) => [role, ...(IMPLIED.get(role) ?? [])]))];
}
