import {
  type ConsoleConnection,
  ConsoleError,
  type ConsoleType,
  consoleNotImplemented,
  type DiagnosisEndpoint,
  type DiagnosisPort,
  type HypervisorPort,
  hypervisorUnavailable,
  type Logger,
  type Server,
  type ServerEvent,
  serverNotFound,
  serverNotReady,
  serverStateInvalid,
  type TlsTrust,
} from '@remote-consoles/core';
import { mksConnection } from './console/mks-connection.js';
import { VmwareDiagnosis } from './diagnosis/vmware-diagnosis.js';
import { Inventory } from './inventory/inventory.js';
import { type InventoryStart, inventoryFilter } from './inventory/inventory-filter.js';
import type { ProjectRules } from './inventory/project-rules.js';
import { serverOf, vmStateOfPower } from './inventory/server-of-vm.js';
import { isFault } from './soap/vim-error.js';
import type { TicketType } from './vim/console-ticket.js';
import type { ManagedObject } from './vim/managed-object.js';
import type { ObjectProperties } from './vim/object-properties.js';
import type { VimClient } from './vim/vim-client.js';
import type { VimSession } from './vim/vim-session.js';
import { ServerWatch } from './watch/server-watch.js';

/** ms in which all servers must be listed */
const LIST_TIMEOUT = 60_000;

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** The virtual machines of one vCenter or one ESXi host. */
export class VmwareHypervisor implements HypervisorPort {
  readonly name: string;
  readonly diagnosis: DiagnosisPort;
  readonly #session: VimSession;
  readonly #logger: Logger;
  readonly #timeout: number;
  readonly #rules: ProjectRules;
  readonly #ticketType: TicketType;
  readonly #hostTrust: TlsTrust | undefined;
  readonly #watch: ServerWatch;

  /** @param deps.timeout ms for finding a server or opening a console */
  constructor(deps: {
    readonly name: string;
    readonly session: VimSession;
    readonly logger: Logger;
    readonly timeout: number;
    readonly rules: ProjectRules;
    readonly ticketType: TicketType;
    readonly hostTrust: TlsTrust | undefined;
    readonly endpoint: DiagnosisEndpoint;
  }) {
    this.name = deps.name;
    this.diagnosis = new VmwareDiagnosis({
      hypervisor: this,
      endpoint: deps.endpoint,
      findVm: (id) =>
        this.#run(
          'find a server',
          this.#timeout,
          async (client, signal) => (await findVm(client, id, signal))?.id,
        ),
    });
    this.#session = deps.session;
    this.#logger = deps.logger;
    this.#timeout = deps.timeout;
    this.#rules = deps.rules;
    this.#ticketType = deps.ticketType;
    this.#hostTrust = deps.hostTrust;
    this.#watch = new ServerWatch(deps);
  }

  /** By instance UUID, which Nova sets to the server's id; by BIOS UUID where no VM has that instance UUID. */
  findServer(id: string): Promise<Server | undefined> {
    return this.#run('find a server', this.#timeout, async (client, signal) => {
      const vm = await findVm(client, id, signal);
      if (!vm) return undefined;
      try {
        return (await this.#readServers(client, { kind: 'vm', vm }, signal))[0];
      } catch (error) {
        // Deleted after it was found.
        if (isFault(error, 'ManagedObjectNotFound')) return undefined;
        throw error;
      }
    });
  }

  listServers(): Promise<readonly Server[]> {
    return this.#run('list servers', LIST_TIMEOUT, async (client, signal) => {
      const view = await client.createVmView(signal);
      try {
        return await this.#readServers(client, { kind: 'view', view }, signal);
      } finally {
        await client.destroyView(view, AbortSignal.timeout(this.#timeout)).catch(() => undefined);
      }
    });
  }

  openConsole(server: Server, type: ConsoleType): Promise<ConsoleConnection> {
    if (type !== 'webmks') return Promise.reject(consoleNotImplemented());
    return this.#run('open a console', this.#timeout, async (client, signal) => {
      const vm = await findVm(client, server.id, signal);
      if (!vm) throw serverNotFound(server.id);
      try {
        return mksConnection({
          serverId: server.id,
          type: this.#ticketType,
          ticket: await client.acquireTicket(vm, this.#ticketType, signal),
          askedHost: client.host,
          hostTrust: this.#hostTrust,
        });
      } catch (error) {
        throw ticketRefusal(error, server.id) ?? error;
      }
    });
  }

  watch(listener: (event: ServerEvent) => void): () => void {
    return this.#watch.add(listener);
  }

  check(): Promise<void> {
    return this.#run('check the session', this.#timeout, (client, signal) => client.currentTime(signal));
  }

  async close(): Promise<void> {
    await this.#watch.close();
    await this.#session.close();
  }

  async #readServers(
    client: VimClient,
    start: InventoryStart,
    signal: AbortSignal,
  ): Promise<readonly Server[]> {
    const filter = inventoryFilter(start, this.#rules, client.content);
    const objects: ObjectProperties[] = [];
    let page = await client.retrieveProperties(filter, signal);
    objects.push(...page.objects);
    while (page.token !== undefined) {
      page = await client.continueProperties(page.token, signal);
      objects.push(...page.objects);
    }
    const inventory = new Inventory(objects);
    return inventory.virtualMachines.flatMap((vm) => serverOf(vm, inventory, this.#rules) ?? []);
  }

  async #run<T>(
    what: string,
    timeout: number,
    operation: (client: VimClient, signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const signal = AbortSignal.timeout(timeout);
    try {
      return await this.#session.run((client) => operation(client, signal), signal);
    } catch (error) {
      if (error instanceof ConsoleError) throw error;
      this.#logger.warn({ hypervisor: this.name, err: error }, `could not ${what}`);
      throw hypervisorUnavailable(this.name, error);
    }
  }
}

/** What it means for the client that vSphere refused a ticket; undefined where it is the operator's matter. */
function ticketRefusal(error: unknown, id: string): ConsoleError | undefined {
  if (isFault(error, 'ManagedObjectNotFound')) return serverNotFound(id);
  if (isFault(error, 'InvalidPowerState')) {
    const state = vmStateOfPower(error.property('existingState') ?? '');
    return serverStateInvalid(id, 'get_mks_console', 'vm_state', state);
  }
  // The host is out of touch, or another task has the VM.
  if (isFault(error, 'InvalidState', 'TaskInProgress', 'HostNotConnected')) return serverNotReady(id);
  // This server knows no such tickets.
  if (isFault(error, 'InvalidArgument', 'NotSupported', 'MethodNotFound')) return consoleNotImplemented();
  return undefined;
}

async function findVm(
  client: VimClient,
  id: string,
  signal: AbortSignal,
): Promise<ManagedObject | undefined> {
  const uuid = id.toLowerCase();
  if (!UUID.test(uuid)) return undefined;
  return (await client.findVm(uuid, 'instance', signal)) ?? (await client.findVm(uuid, 'bios', signal));
}
