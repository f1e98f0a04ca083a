import {
  assertConsoleReady,
  type ConsoleConnection,
  type ConsoleType,
  consoleNotImplemented,
  consoleTypeUnavailable,
  type HypervisorPort,
  hypervisorUnavailable,
  type Logger,
  protocolOf,
  type Server,
  type ServerEvent,
  serverNotFound,
} from '@remote-consoles/core';
import { ConsoleStreams } from './console/console-streams.js';
import type { ConsolePlace, ReachableConsole } from './console/reachable-console.js';
import { type DisplayTls, vncConsole } from './console/vnc-console.js';
import { serverOfDomain } from './domain/server-of-domain.js';
import { DomainSearch, type FoundDomain } from './host/domain-search.js';
import { LibvirtHost, type LibvirtHostContext, type LibvirtHostOptions } from './host/libvirt-host.js';

export interface LibvirtHypervisorOptions {
  readonly name: string;
  readonly hosts: readonly LibvirtHostOptions[];
  readonly defaultProject: string | undefined;
  readonly tls: DisplayTls;
  readonly logger: Logger;
  /** Opens a connection; tests give their own. */
  readonly open?: LibvirtHostContext['open'];
}

const uuidForm = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/;

/** The domains of one or more libvirt daemons as servers: a server's id is its domain's UUID. */
export class LibvirtHypervisor implements HypervisorPort {
  readonly name: string;
  readonly streams: ConsoleStreams;
  readonly #options: LibvirtHypervisorOptions;
  readonly #hosts: readonly LibvirtHost[];
  readonly #search: DomainSearch;
  readonly #listeners = new Set<(event: ServerEvent) => void>();

  constructor(options: LibvirtHypervisorOptions) {
    const { name, logger, open } = options;
    this.name = name;
    this.#options = options;
    const context: LibvirtHostContext = {
      hypervisor: name,
      logger,
      onEvent: (host, event) => void this.#onEvent(host, event),
      ...(open && { open }),
    };
    this.#hosts = options.hosts.map((host) => new LibvirtHost(host, context));
    this.#search = new DomainSearch(this.#hosts, name, logger);
    this.streams = new ConsoleStreams(this.#hosts);
    for (const host of this.#hosts) host.start();
  }

  async findServer(id: string): Promise<Server | undefined> {
    const domain = await this.#find(id, false);
    return domain && serverOfDomain(domain, this.#options.defaultProject);
  }

  async listServers(): Promise<readonly Server[]> {
    const domains = await this.#search.list();
    return domains.flatMap((domain) => serverOfDomain(domain, this.#options.defaultProject) ?? []);
  }

  async openConsole({ id }: Server, type: ConsoleType): Promise<ConsoleConnection> {
    const domain = await this.#find(id, true);
    const server = domain && serverOfDomain(domain, this.#options.defaultProject);
    if (!server) throw serverNotFound(id);
    const protocol = protocolOf(type);
    if (protocol !== 'vnc') throw consoleNotImplemented();
    assertConsoleReady(server, protocol);
    const console = this.#console(domain);
    if (!console) throw consoleTypeUnavailable(protocol);
    return { serverId: id, type, ...console };
  }

  watch(listener: (event: ServerEvent) => void): () => void {
    // A wrapper of its own, so that one function may listen twice and stop once.
    const entry = (event: ServerEvent): void => listener(event);
    this.#listeners.add(entry);
    return () => {
      this.#listeners.delete(entry);
    };
  }

  /** Resolves while at least one host answers: one that is down is not everybody's outage. */
  async check(): Promise<void> {
    const alive = this.#hosts.map((host) => host.use((connection) => connection.hostname()));
    await Promise.any(alive).catch((error: unknown) => {
      throw hypervisorUnavailable(this.name, error);
    });
  }

  async close(): Promise<void> {
    this.#listeners.clear();
    await Promise.all(this.#hosts.map((host) => host.close()));
  }

  async #find(id: string, secrets: boolean): Promise<FoundDomain | undefined> {
    return uuidForm.test(id) ? await this.#search.find(id, { secrets }) : undefined;
  }

  #console(domain: FoundDomain): ReachableConsole | undefined {
    const { uri, address, name } = domain.at;
    const place: ConsolePlace = {
      hypervisor: this.name,
      host: name,
      passesDescriptors: uri.driver === 'qemu' && uri.localSocket,
      machine: uri.machine && (address ?? uri.machine),
    };
    return vncConsole(domain.description, place, this.#options.tls);
  }

  /** While a server moves, a domain of its UUID ends on one host and lives on another. */
  async #onEvent(host: LibvirtHost, event: ServerEvent): Promise<void> {
    const owner = this.#search.ownerOf(event.serverId);
    if (owner !== undefined && owner !== host) return;
    this.#search.forget(event.serverId);
    if (event.kind === 'deleted' && (await this.#livesElsewhere(event.serverId))) return;
    for (const listener of this.#listeners) {
      try {
        listener(event);
      } catch (error) {
        this.#options.logger.error(
          { err: error, serverId: event.serverId },
          'a listener for server events failed',
        );
      }
    }
  }

  async #livesElsewhere(id: string): Promise<boolean> {
    if (this.#hosts.length === 1) return false;
    return (await this.#search.find(id, { secrets: false }).catch(() => undefined)) !== undefined;
  }
}
