import {
  assertConsoleReady,
  type Clock,
  type ConsoleConnection,
  type ConsoleOutputPort,
  type ConsoleType,
  consoleNotImplemented,
  consoleOutputUnavailable,
  consoleTypeUnavailable,
  type DiagnosisPort,
  type HypervisorPort,
  hypervisorUnavailable,
  type Logger,
  protocolOf,
  type ScreenshotPort,
  type SendKeysPort,
  type Server,
  type ServerEvent,
  type ServerPowerPort,
  serverNotFound,
} from '@remote-consoles/core';
import { ConsoleStreams } from './console/console-streams.js';
import { type DisplayTls, displayOf } from './console/display-console.js';
import type { ConsolePlace, ReachableConsole } from './console/reachable-console.js';
import { SessionPasswords } from './console/session-password.js';
import { spiceConsole } from './console/spice-console.js';
import { vncConsole } from './console/vnc-console.js';
import { DomainControl, type FoundServer } from './control/domain-control.js';
import { LibvirtDiagnosis } from './diagnosis/libvirt-diagnosis.js';
import type { Display } from './domain/domain-description.js';
import { serverOfDomain } from './domain/server-of-domain.js';
import { DomainSearch, type FoundDomain } from './host/domain-search.js';
import { LibvirtHost, type LibvirtHostContext, type LibvirtHostOptions } from './host/libvirt-host.js';
import { serialConsole } from './serial/character-device.js';
import { consoleLogFile, readConsoleLog } from './serial/console-log.js';
import { type SecondUser, SerialConsoles } from './serial/serial-consoles.js';

export interface LibvirtHypervisorOptions {
  readonly name: string;
  readonly hosts: readonly LibvirtHostOptions[];
  readonly defaultProject: string | undefined;
  readonly tls: DisplayTls;
  readonly displayPasswords: 'domain' | 'session';
  readonly serialSecondUser: SecondUser;
  readonly logger: Logger;
  readonly clock: Clock;
  /** Opens a connection; tests give their own. */
  readonly open?: LibvirtHostContext['open'];
}

/** ms */
const serialConnectTimeout = 5000;
const uuidForm = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/;

/** The domains of one or more libvirt daemons as servers: a server's id is its domain's UUID. */
export class LibvirtHypervisor implements HypervisorPort {
  readonly name: string;
  readonly streams: ConsoleStreams;
  readonly output: ConsoleOutputPort = { readOutput: ({ id }) => this.#readOutput(id) };
  readonly screenshots: ScreenshotPort;
  readonly keys: SendKeysPort;
  readonly power: ServerPowerPort;
  readonly diagnosis: DiagnosisPort;
  readonly #options: LibvirtHypervisorOptions;
  readonly #hosts: readonly LibvirtHost[];
  readonly #search: DomainSearch;
  readonly #passwords: SessionPasswords;
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
    this.#passwords = new SessionPasswords(() => options.clock.now());
    const serials = new SerialConsoles({
      secondUser: options.serialSecondUser,
      connectTimeout: serialConnectTimeout,
      read: (host, uuid) => this.#search.readAt(host, uuid),
      place: (host) => this.#place(host),
    });
    this.streams = new ConsoleStreams(this.#hosts, serials);
    const control = new DomainControl(name, (id) => this.#find(id));
    this.screenshots = control;
    this.keys = control;
    this.power = control;
    this.diagnosis = new LibvirtDiagnosis({
      hypervisor: this,
      hosts: this.#hosts,
      read: async (host, id) => (uuidForm.test(id) ? this.#search.readAt(host, id) : undefined),
      serverOf: (domain) => serverOfDomain(domain, options.defaultProject),
    });
    for (const host of this.#hosts) host.start();
  }

  async findServer(id: string): Promise<Server | undefined> {
    return (await this.#find(id))?.server;
  }

  async listServers(): Promise<readonly Server[]> {
    const domains = await this.#search.list();
    return domains.flatMap((domain) => serverOfDomain(domain, this.#options.defaultProject) ?? []);
  }

  async openConsole({ id }: Server, type: ConsoleType): Promise<ConsoleConnection> {
    const found = await this.#find(id);
    if (!found) throw serverNotFound(id);
    const { server, domain } = found;
    const protocol = protocolOf(type);
    if (protocol === 'rdp' || protocol === 'mks') throw consoleNotImplemented();
    assertConsoleReady(server, protocol);
    const console = await this.#console(domain, type, protocol);
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
    const alive = this.#hosts.map((host) => host.ask((connection) => connection.hostname()));
    await Promise.any(alive).catch((error: unknown) => {
      throw hypervisorUnavailable(this.name, error);
    });
  }

  async close(): Promise<void> {
    this.#listeners.clear();
    await Promise.all(this.#hosts.map((host) => host.close()));
  }

  async #find(id: string): Promise<FoundServer | undefined> {
    const domain = uuidForm.test(id) ? await this.#search.find(id) : undefined;
    const server = domain && serverOfDomain(domain, this.#options.defaultProject);
    return server && { server, domain };
  }

  async #console(
    domain: FoundDomain,
    type: ConsoleType,
    protocol: 'vnc' | 'spice' | 'serial',
  ): Promise<ReachableConsole | undefined> {
    if (protocol === 'serial') return serialConsole(domain.description, this.#place(domain.at));
    const display = displayOf(domain.description, protocol);
    const console = display && this.#display(domain, display, type);
    if (console === undefined || console.transport.kind === 'hypervisor') return console;
    const secured = await this.#withPassword(domain, protocol, type);
    return secured && this.#display(domain, secured, type);
  }

  #display({ at, description: { uuid } }: FoundDomain, display: Display, type: ConsoleType) {
    const { tls } = this.#options;
    const place = this.#place(at);
    if (display.type === 'vnc') return vncConsole(uuid, display, place, tls);
    return spiceConsole(uuid, display, place, tls, type === 'spice-direct');
  }

  /** The display with what opens it, which is read only now that it is dialled. */
  async #withPassword(
    { at, description }: FoundDomain,
    protocol: 'vnc' | 'spice',
    type: ConsoleType,
  ): Promise<Display | undefined> {
    const domain = await this.#search.readAt(at, description.uuid, { secrets: true });
    const display = domain && displayOf(domain.description, protocol);
    // whoever gets spice-direct is told the ticket: never the one that is good for ever
    const lasting = this.#options.displayPasswords === 'domain' && type !== 'spice-direct';
    if (!display || lasting) return display;
    return await this.#passwords.refresh(domain, display);
  }

  #place({ uri, address, name }: LibvirtHost): ConsolePlace {
    return {
      hypervisor: this.name,
      host: name,
      passesDescriptors: uri.driver === 'qemu' && uri.localSocket,
      machine: uri.machine && (address ?? uri.machine),
    };
  }

  async #readOutput(id: string): Promise<string> {
    const found = await this.#find(id);
    if (!found) throw serverNotFound(id);
    const { domain } = found;
    const file = consoleLogFile(domain.description, this.#place(domain.at));
    if (file === undefined) throw consoleOutputUnavailable();
    try {
      return await readConsoleLog(file);
    } catch (error) {
      this.#options.logger.warn({ err: error, host: domain.host, server: id }, 'cannot read a console log');
      throw consoleOutputUnavailable();
    }
  }

  /**
   * While a server moves, a domain of its UUID ends on one host and lives on another. `migrated` comes from
   * the one that it left, whose sessions end; anything else from a host that has it no more is not about it.
   */
  async #onEvent(host: LibvirtHost, event: ServerEvent): Promise<void> {
    const owner = this.#search.ownerOf(event.serverId);
    if (owner !== undefined && owner !== host && event.kind !== 'migrated') return;
    if (owner === host) this.#search.forget(event.serverId);
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
    return (await this.#search.find(id).catch(() => undefined)) !== undefined;
  }
}
