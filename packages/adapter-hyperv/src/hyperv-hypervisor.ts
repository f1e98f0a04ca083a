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
  serverStateInvalid,
} from '@remote-consoles/core';
import { type ConsoleListener, rdpConnection } from './console/rdp-connection.js';
import { HypervDiagnosis } from './diagnosis/hyperv-diagnosis.js';
import { firstFinding } from './host/host-search.js';
import type { HypervHost } from './host/hyperv-host.js';
import { OwnerMemory } from './host/owner-memory.js';
import { parseGuid } from './inventory/guid.js';
import type { ProjectRules } from './inventory/project-rules.js';
import type { ServerIdentity } from './inventory/server-identity.js';
import { serverOf } from './inventory/server-of-vm.js';
import type { VirtualMachine } from './inventory/virtual-machine.js';
import { ServerWatch } from './watch/server-watch.js';

/** ms in which all servers of a host must be listed */
const LIST_TIMEOUT = 60_000;

/** A host, how its consoles are reached, and what ends its connections. */
export interface HostEntry {
  readonly host: HypervHost;
  /** Where its WinRM listens. */
  readonly endpoint: DiagnosisEndpoint;
  /** Reads the account anew. */
  readonly listener: (port: number) => Promise<ConsoleListener>;
  readonly close: () => void;
}

export interface HypervHypervisorOptions {
  readonly name: string;
  readonly hosts: readonly HostEntry[];
  readonly identity: ServerIdentity;
  readonly project: ProjectRules;
  readonly logger: Logger;
  /** ms for finding a server or opening a console */
  readonly timeout: number;
  /** ms between two looks of the watch at a host */
  readonly pollInterval: number;
}

interface Found {
  readonly entry: HostEntry;
  readonly vm: VirtualMachine;
}

/** The virtual machines of Hyper-V hosts, each host by itself. */
export class HyperVHypervisor implements HypervisorPort {
  readonly name: string;
  readonly diagnosis: DiagnosisPort;
  readonly #options: HypervHypervisorOptions;
  readonly #owners = new OwnerMemory<HostEntry>();
  readonly #watch: ServerWatch;

  constructor(options: HypervHypervisorOptions) {
    this.name = options.name;
    this.#options = options;
    this.diagnosis = new HypervDiagnosis({
      hypervisor: this,
      hosts: options.hosts,
      serverOf: (vm, entry) => this.#serverOf({ entry, vm }),
      timeout: options.timeout,
    });
    this.#watch = new ServerWatch({
      hypervisor: options.name,
      hosts: options.hosts.map(({ host }) => host),
      identity: options.identity,
      logger: options.logger,
      interval: options.pollInterval,
      lookTimeout: LIST_TIMEOUT,
      searchTimeout: options.timeout,
    });
  }

  async findServer(id: string): Promise<Server | undefined> {
    const found = await this.#find(id);
    return found && this.#serverOf(found);
  }

  /** The servers of the hosts that answer; throws where none does. */
  async listServers(): Promise<readonly Server[]> {
    const answers = await this.#askAll('list servers', LIST_TIMEOUT, async (entry, signal) => {
      const vms = await entry.host.listVms({ notes: true }, signal);
      return vms.map((vm) => ({ entry, vm }));
    });
    return this.#distinct(answers.flat()).flatMap((found) => this.#serverOf(found) ?? []);
  }

  async openConsole(server: Server, type: ConsoleType): Promise<ConsoleConnection> {
    if (type !== 'rdp-html5') throw consoleNotImplemented();
    const found = await this.#find(server.id);
    const now = found && this.#serverOf(found);
    // Another project's VM may have taken over a name since the caller was allowed to see the server.
    if (!found || now?.projectId !== server.projectId) throw serverNotFound(server.id);
    if (now.vmState === 'stopped' || now.vmState === 'suspended') {
      throw serverStateInvalid(server.id, 'get_rdp_console', 'vm_state', now.vmState);
    }
    const { entry, vm } = found;
    const listener = await this.#ask(entry, 'open a console', this.#options.timeout, async (signal) =>
      entry.listener(await entry.host.consolePort(signal)),
    );
    return rdpConnection(server.id, vm.guid, listener);
  }

  watch(listener: (event: ServerEvent) => void): () => void {
    return this.#watch.add(listener);
  }

  /** Resolves while at least one host answers: one that is down is not everybody's outage. */
  async check(): Promise<void> {
    await this.#askAll('check the host', this.#options.timeout, ({ host }, signal) =>
      host.askConsolePort(signal),
    );
  }

  async close(): Promise<void> {
    const ended = this.#watch.close();
    for (const { close } of this.#options.hosts) close();
    await ended;
  }

  /** Where the server was last, then everywhere. */
  async #find(id: string): Promise<Found | undefined> {
    const wanted = parseGuid(id)?.toLowerCase() ?? id;
    const owner = this.#owners.get(wanted);
    const known = owner && (await this.#findOn(owner, wanted).catch(() => undefined));
    if (known && !known.vm.replica) return known;
    const found = await firstFinding(this.#options.hosts.map((entry) => this.#findOn(entry, wanted)));
    if (found) this.#owners.set(wanted, found.entry);
    else this.#owners.delete(wanted);
    return found;
  }

  #findOn(entry: HostEntry, id: string): Promise<Found | undefined> {
    return this.#ask(entry, 'find a server', this.#options.timeout, async (signal) => {
      const vm = await entry.host.findVm(id, signal);
      return vm && { entry, vm };
    });
  }

  #serverOf({ entry, vm }: Found): Server | undefined {
    return serverOf(vm, entry.host.name, this.#options);
  }

  /** One for each id. A replica stands back; of different VMs with the same id none is taken. */
  #distinct(all: readonly Found[]): readonly Found[] {
    const byId = new Map<string, Found[]>();
    for (const found of all) {
      const id = this.#options.identity.idOf(found.vm);
      byId.set(id, [...(byId.get(id) ?? []), found]);
    }
    return [...byId].flatMap(([id, claims]) => {
      const [first] = claims.filter(({ vm }) => !vm.replica).concat(claims);
      if (new Set(claims.map(({ vm }) => vm.guid)).size === 1) return first ?? [];
      this.#options.logger.warn(
        { hypervisor: this.name, serverId: id },
        'several VMs have this id; none is listed',
      );
      return [];
    });
  }

  /** The answers of the hosts that answer. @throws ConsoleError `hypervisor-unavailable` where none does */
  async #askAll<T>(
    what: string,
    timeout: number,
    operation: (entry: HostEntry, signal: AbortSignal) => Promise<T>,
  ): Promise<readonly T[]> {
    const asked = this.#options.hosts.map((entry) =>
      this.#ask(entry, what, timeout, (signal) => operation(entry, signal)),
    );
    const answers = await Promise.allSettled(asked);
    const failure = answers.find((answer) => answer.status === 'rejected');
    if (failure && answers.every((answer) => answer.status === 'rejected')) throw failure.reason;
    return answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []));
  }

  async #ask<T>(
    { host }: HostEntry,
    what: string,
    timeout: number,
    operation: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    try {
      return await operation(AbortSignal.timeout(timeout));
    } catch (error) {
      if (error instanceof ConsoleError) throw error;
      this.#options.logger.warn({ hypervisor: this.name, host: host.name, err: error }, `could not ${what}`);
      throw hypervisorUnavailable(this.name, error);
    }
  }
}
