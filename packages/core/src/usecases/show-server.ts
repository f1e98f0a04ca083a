import type { Credentials } from '../policy/credentials.js';
import type { Policy } from '../policy/policy.js';
import type { HypervisorPort } from '../ports/hypervisor-port.js';
import type { Server } from '../server/server.js';
import { findVisibleServer } from './find-visible-server.js';

/** Shows one server. */
export class ShowServer {
  readonly #hypervisor: HypervisorPort;
  readonly #policy: Policy;

  constructor(deps: { readonly hypervisor: HypervisorPort; readonly policy: Policy }) {
    this.#hypervisor = deps.hypervisor;
    this.#policy = deps.policy;
  }

  /** @throws ConsoleError `server-not-found`, `forbidden`, `hypervisor-unavailable` */
  async execute(request: { readonly credentials: Credentials; readonly serverId: string }): Promise<Server> {
    const server = await findVisibleServer(
      this.#hypervisor,
      this.#policy,
      request.credentials,
      request.serverId,
    );
    this.#policy.enforce('os_compute_api:servers:show', request.credentials, server);
    return server;
  }
}
