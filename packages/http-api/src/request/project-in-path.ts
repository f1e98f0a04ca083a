import type { Credentials } from '@remote-consoles/core';
import { badRequest } from '../fault/api-fault.js';
import { shortened } from '../schema/shortened.js';

const PROJECT_ID = /^[0-9a-f-]+$/;

/** Whether a path segment can be a project id; any other is no route at all. */
export function isProjectId(segment: unknown): boolean {
  return typeof segment === 'string' && PROJECT_ID.test(segment);
}

/**
 * Checks that a project named in the path is the token's own, for administrators too.
 *
 * @throws ApiFault 400
 */
export function assertOwnProject(projectId: string | undefined, credentials: Credentials): void {
  if (projectId === undefined || projectId === credentials.projectId) return;
  throw badRequest(
    `Malformed request URL: URL's project_id '${shortened(projectId)}' doesn't match Context's project_id '${
      credentials.projectId ?? 'None'
    }'`,
  );
}
