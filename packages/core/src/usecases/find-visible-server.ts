import { serverNotFound } from '../errors.js';
import type { Credentials } from '../policy/credentials.js';
import type { Policy } from '../policy/policy.js';
import type { HypervisorPort } from '../ports/hypervisor-port.js';
import type { Server } from '../server/server.js';

/**
 * Finds a server that the user may know of: their own project's, or any for an administrator. A foreign server is
 * answered like one that does not exist.
 *
 * @throws ConsoleError `server-not-found`, `hypervisor-unavailable`
 */
export async function findVisibleServer(
  hypervisor: HypervisorPort,
  policy: Policy,
  credentials: Credentials,
  id: string,
): Promise<Server> {
  const server = await hypervisor.findServer(id);
  if (!server) throw serverNotFound(id);
  if (server.projectId !== credentials.projectId && !policy.isAdmin(credentials)) throw serverNotFound(id);
  return server;
}
