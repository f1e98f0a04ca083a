import type { ConsoleConnection, HypervisorTransport } from '../connection/console-connection.js';
import type { ConsoleType } from '../console/console-type.js';
import { ConsoleError, consoleNotImplemented, hypervisorUnavailable, serverNotFound } from '../errors.js';
import type { ConsoleOutputPort } from '../ports/console-output-port.js';
import type { ConsoleStreamPort } from '../ports/console-stream-port.js';
import type { HypervisorPort, ServerEvent } from '../ports/hypervisor-port.js';
import type { Server } from './server.js';

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
  readonly #members: readonly HypervisorPort[];
  readonly #owners = new Map<string, HypervisorPort>();

  constructor(members: readonly HypervisorPort[]) {
    this.#members = members;
    this.streams = { openStream: (transport) => this.#openStream(transport) };
    this.output = { readOutput: (server) => this.#readOutput(server) };
  }

  async findServer(id: string): Promise<Server | undefined> {
    const known = await this.#owners
      .get(id)
      ?.findServer(id)
      .catch(() => undefined);
    return known ?? (await this.#search(id))?.server;
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

  async #readOutput(server: Server): Promise<string> {
    const owner = await this.#ownerOf(server);
    if (!owner.output) throw consoleNotImplemented();
    return owner.output.readOutput(server);
  }

  async #ownerOf(server: Server): Promise<HypervisorPort> {
    const owner = this.#owners.get(server.id) ?? (await this.#search(server.id))?.owner;
    if (!owner) throw serverNotFound(server.id);
    return owner;
  }

  /** Takes the first member that has the server; says `hypervisor-unavailable` only where none has and some did not answer. */
  async #search(id: string): Promise<Found | undefined> {
    const asked = this.#members.map(async (owner): Promise<Found> => {
      const server = await owner.findServer(id);
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

interface Found {
  readonly owner: HypervisorPort;
  readonly server: Server;
}
