import type { ConsoleConnection, HypervisorTransport } from '../connection/console-connection.js';
import type { ConsoleType } from '../console/console-type.js';
import { ConsoleError, consoleNotImplemented, hypervisorUnavailable, serverNotFound } from '../errors.js';
import type { ConsoleOutputPort } from '../ports/console-output-port.js';
import type { ConsoleStreamPort } from '../ports/console-stream-port.js';
import type { HypervisorPort, ServerEvent } from '../ports/hypervisor-port.js';
import type { ScreenshotPort } from '../ports/screenshot-port.js';
import type { SendKeysPort } from '../ports/send-keys-port.js';
import type { ServerPowerPort } from '../ports/server-power-port.js';
import type { Server } from './server.js';

/** What some hypervisors can do beside consoles. */
type OptionalPart = 'output' | 'screenshots' | 'keys' | 'power';

/** How many servers' owners are remembered before the oldest is forgotten (and found again when asked for). */
const REMEMBERED_OWNERS = 100_000;

/**
 * Several hypervisors as one. Asks all of them for a server it does not know, the owner alone for one it does; one
 * that is down delays nobody else's servers.
 */
export class HypervisorFleet implements HypervisorPort {
  readonly name = 'fleet';
  readonly streams: ConsoleStreamPort;
  readonly output: ConsoleOutputPort;
  readonly screenshots: ScreenshotPort;
  readonly keys: SendKeysPort;
  readonly power: ServerPowerPort;
  readonly #members: readonly HypervisorPort[];
  readonly #owners = new Map<string, HypervisorPort>();

  constructor(members: readonly HypervisorPort[]) {
    this.#members = members;
    this.streams = { openStream: (transport) => this.#openStream(transport) };
    this.output = {
      readOutput: async (server) => (await this.#partOf(server, 'output')).readOutput(server),
    };
    this.screenshots = {
      takeScreenshot: async (server) => (await this.#partOf(server, 'screenshots')).takeScreenshot(server),
    };
    this.keys = {
      sendKeys: async (server, keys) => (await this.#partOf(server, 'keys')).sendKeys(server, keys),
    };
    this.power = {
      changePower: async (server, action) =>
        (await this.#partOf(server, 'power')).changePower(server, action),
    };
  }

  /** The name of the member that was last found to have the server; nobody is asked. */
  ownerNameOf(serverId: string): string | undefined {
    return this.#owners.get(serverId)?.name;
  }

  async findServer(id: string): Promise<Server | undefined> {
    const owner = this.#owners.get(id);
    if (!owner) return (await this.#search(id))?.server;
    const answer = owner.findServer(id);
    return (
      (await answer.catch(() => undefined)) ?? (await this.#search(id, { member: owner, answer }))?.server
    );
  }

  async listServers(): Promise<readonly Server[]> {
    const answers = await Promise.allSettled(this.#members.map((member) => member.listServers()));
    const failure = answers.find((answer) => answer.status === 'rejected');
    if (failure && answers.every((answer) => answer.status === 'rejected')) throw failure.reason;
    return answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
  }

  async openConsole(server: Server, type: ConsoleType): Promise<ConsoleConnection> {
    return (await this.#ownerOf(server)).openConsole(server, type);
  }

  watch(listener: (event: ServerEvent) => void): () => void {
    const stops = this.#members.map((member) => member.watch(listener));
    return () => {
      for (const stop of stops) stop();
    };
  }

  /** Resolves while at least one member answers: one that is down is not everybody's outage. */
  async check(): Promise<void> {
    const answers = await Promise.allSettled(this.#members.map((member) => member.check()));
    const failure = answers.find((answer) => answer.status === 'rejected');
    if (failure && answers.every((answer) => answer.status === 'rejected')) throw failure.reason;
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.#members.map((member) => member.close()));
  }

  async #openStream(transport: HypervisorTransport): Promise<unknown> {
    const member = this.#members.find((candidate) => candidate.name === transport.hypervisor);
    if (!member?.streams) throw hypervisorUnavailable(transport.hypervisor);
    return member.streams.openStream(transport);
  }

  /** @throws ConsoleError `console-not-implemented` where the server's hypervisor has no such part */
  async #partOf<Name extends OptionalPart>(
    server: Server,
    name: Name,
  ): Promise<NonNullable<HypervisorPort[Name]>> {
    const part = (await this.#ownerOf(server))[name];
    if (part === undefined) throw consoleNotImplemented();
    return part;
  }

  async #ownerOf(server: Server): Promise<HypervisorPort> {
    const owner = this.#owners.get(server.id) ?? (await this.#search(server.id))?.owner;
    if (!owner) throw serverNotFound(server.id);
    return owner;
  }

  /**
   * Takes the first member that has the server; says `hypervisor-unavailable` only where none has and some did not answer.
   *
   * @param known what a member has answered already: one that hangs is not waited for twice
   */
  async #search(id: string, known?: Answer): Promise<Found | undefined> {
    const asked = this.#members.map(async (owner): Promise<Found> => {
      const server = await (owner === known?.member ? known.answer : owner.findServer(id));
      if (!server) throw serverNotFound(id);
      return { owner, server };
    });
    try {
      const found = await Promise.any(asked);
      this.#remember(id, found.owner);
      return found;
    } catch {
      this.#owners.delete(id);
      for (const answer of await Promise.allSettled(asked)) {
        const failure: unknown = answer.status === 'rejected' ? answer.reason : undefined;
        if (!(failure instanceof ConsoleError && failure.code === 'server-not-found')) throw failure;
      }
      return undefined;
    }
  }

  #remember(id: string, owner: HypervisorPort): void {
    this.#owners.delete(id);
    this.#owners.set(id, owner);
    if (this.#owners.size > REMEMBERED_OWNERS) {
      for (const oldest of this.#owners.keys()) {
        this.#owners.delete(oldest);
        break;
      }
    }
  }
}

interface Answer {
  readonly member: HypervisorPort;
  readonly answer: Promise<Server | undefined>;
}

interface Found {
  readonly owner: HypervisorPort;
  readonly server: Server;
}
