import { type Credentials, identityUnavailable } from '@remote-consoles/core';
import { z } from '@remote-consoles/option-schema';

const named = z.object({ id: z.string().min(1) });

const answer = z.object({
  token: z.object({
    user: named,
    project: named.optional(),
    roles: z.array(z.object({ name: z.string() })).optional(),
    expires_at: z.iso.datetime({ offset: true }),
    is_admin_project: z.boolean().optional(),
  }),
});

/** What Keystone says of a token. */
export interface ValidatedToken {
  readonly credentials: Credentials;
  /** ms since the epoch */
  readonly expiresAt: number;
}

/**
 * Reads Keystone's description of a token.
 *
 * Roles count only in a project: our rules are about projects' servers, and the administrator of a domain, or a token
 * without scope, is nobody to them. Where the cloud names an admin project, `admin` counts in that project alone.
 *
 * @throws ConsoleError `identity-unavailable` where the text is not such a description
 */
export function parseValidatedToken(text: string): ValidatedToken {
  const { token } = parse(text);
  const roles = token.project === undefined ? [] : (token.roles ?? []).map(({ name }) => name);
  return {
    credentials: {
      userId: token.user.id,
      ...(token.project !== undefined && { projectId: token.project.id }),
      roles: token.is_admin_project === false ? roles.filter((role) => !isAdmin(role)) : roles,
    },
    expiresAt: Date.parse(token.expires_at),
  };
}

const isAdmin = (role: string) => role.toLowerCase() === 'admin';

function parse(text: string): z.output<typeof answer> {
  const result = answer.safeParse(parseJson(text));
  if (result.success) return result.data;
  const where = result.error.issues.map(({ path }) => path.join('.')).join(', ');
  // The answer itself stays out of the message: it describes a user.
  throw identityUnavailable(new Error(`Keystone's answer is not a token: ${where || 'no object'}`));
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
