import { type Credentials, withImpliedRoles } from '@remote-consoles/core';

/** Where a user, a project and roles stand in a token. */
export interface ClaimsMapping {
  readonly user: readonly string[];
  readonly project?: readonly string[];
  readonly roles: readonly string[];
  /** The project of every user, where no claim names it. */
  readonly fixedProject?: string;
  /** Our roles by the values of the roles claim. */
  readonly rolesOf: ReadonlyMap<string, readonly string[]>;
}

/**
 * Whose token it is. Roles may be a list, or words in one text as in `scope`; a value that is not mapped gives none.
 *
 * @returns undefined where the token names no user
 */
export function credentialsFrom(claims: object, mapping: ClaimsMapping): Credentials | undefined {
  const userId = textAt(claims, mapping.user);
  if (userId === undefined) return undefined;
  const projectId = mapping.project ? textAt(claims, mapping.project) : mapping.fixedProject;
  const roles = valuesAt(claims, mapping.roles).flatMap((value) => mapping.rolesOf.get(value) ?? []);
  return { userId, ...(projectId !== undefined && { projectId }), roles: withImpliedRoles(roles) };
}

function valueAt(claims: object, path: readonly string[]): unknown {
  let value: unknown = claims;
  for (const name of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
    value = (value as Record<string, unknown>)[name];
  }
  return value;
}

function textAt(claims: object, path: readonly string[]): string | undefined {
  const value = valueAt(claims, path);
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function valuesAt(claims: object, path: readonly string[]): readonly string[] {
  const value = valueAt(claims, path);
  if (typeof value === 'string') return value.split(' ');
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];
}
