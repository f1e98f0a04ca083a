import type { Config } from './config-schema.js';
import type { Listener } from './listener.js';

/** What a process does: answer the API, or open consoles and serve their pages. */
export const ROLES = ['api', 'gateway'] as const;

export type Role = (typeof ROLES)[number];

/** The roles that a listener serves: its own, or else all of its process. */
export function rolesOf({ roles }: Config, listener: Listener): readonly Role[] {
  return listener.roles ?? roles;
}
