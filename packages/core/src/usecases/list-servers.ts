import type { Credentials } from '../policy/credentials.js';
import type { Policy } from '../policy/policy.js';
import type { HypervisorPort } from '../ports/hypervisor-port.js';
import type { Server } from '../server/server.js';

/** Lists the servers of the user's project, or of all projects for who may see them. */
export class ListServers {
  readonly #hypervisor: HypervisorPort;
  readonly #policy: Policy;

  constructor(deps: { readonly hypervisor: HypervisorPort; readonly policy: Policy }) {
    this.#hypervisor = deps.hypervisor;
    this.#policy = deps.policy;
  }

  /** @throws ConsoleError `forbidden`, `hypervisor-unavailable` */
  async execute(request: {
    readonly credentials: Credentials;
    readonly view: 'index' | 'detail';
    readonly allProjects: boolean;
  }): Promise<readonly Server[]> {
    const { credentials, view, allProjects } = request;
    const project = credentials.projectId === undefined ? {} : { projectId: credentials.projectId };
    this.#policy.enforce(`os_compute_api:servers:${view}`, credentials, project);
    if (allProjects)
      this.#policy.enforce(`os_compute_api:servers:${view}:get_all_tenants`, credentials, project);
    const servers = await this.#hypervisor.listServers();
    return allProjects ? servers : servers.filter((server) => server.projectId === credentials.projectId);
  }
}
