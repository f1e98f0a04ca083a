import {
  type AdapterContext,
  assertConsoleReady,
  assertServerLive,
  type ConsoleConnection,
  type ConsoleOutputPort,
  type ConsoleType,
  consoleNotImplemented,
  consoleOutputUnavailable,
  consoleTypeUnavailable,
  type HypervisorPort,
  hypervisorUnavailable,
  protocolOf,
  type Screenshot,
  type ScreenshotPort,
  type Server,
  type ServerEvent,
  serverNotFound,
} from '@remote-consoles/core';
import { encodePng } from '@remote-consoles/png';
import type { Inventory } from './config/inventory.js';
import { Machine, type ServerChange } from './machine.js';
import { toRgb } from './picture/rgb.js';

/** A hypervisor whose machines are in this process, and whose consoles are real servers on 127.0.0.1. */
export class MemoryHypervisor implements HypervisorPort {
  readonly name: string;
  readonly output: ConsoleOutputPort;
  readonly screenshots: ScreenshotPort;
  readonly #inventory: Inventory;
  readonly #machines: Map<string, Machine>;
  readonly #listeners = new Set<(event: ServerEvent) => void>();
  readonly #context: AdapterContext;

  constructor(inventory: Inventory, context: AdapterContext) {
    this.name = context.name;
    this.output = { readOutput: async ({ id }) => this.#readOutput(id) };
    this.screenshots = { takeScreenshot: ({ id }) => this.#takeScreenshot(id) };
    this.#inventory = inventory;
    this.#context = context;
    const { clock, random } = context;
    const { identity } = inventory;
    this.#machines = new Map(
      inventory.machines.map((spec) => [spec.server.id, new Machine(spec, { identity, clock, random })]),
    );
  }

  async findServer(id: string): Promise<Server | undefined> {
    return this.#machines.get(id)?.server;
  }

  async listServers(): Promise<readonly Server[]> {
    return [...this.#machines.values()].map((machine) => machine.server);
  }

  async openConsole({ id }: Server, type: ConsoleType): Promise<ConsoleConnection> {
    const machine = this.#machine(id);
    const protocol = protocolOf(type);
    if (!this.#inventory.protocols.has(protocol)) throw consoleNotImplemented();
    assertConsoleReady(machine.server, protocol);
    const console = await machine.openConsole(protocol).catch((error: unknown) => {
      throw hypervisorUnavailable(this.name, error);
    });
    if (!console) throw consoleTypeUnavailable(protocol);
    const { transport, security, connectInfo } = console;
    return { serverId: id, type, transport, security, connectInfo };
  }

  watch(listener: (event: ServerEvent) => void): () => void {
    // A wrapper of its own, so that one function may listen twice and stop once.
    const entry = (event: ServerEvent) => listener(event);
    this.#listeners.add(entry);
    return () => {
      this.#listeners.delete(entry);
    };
  }

  async check(): Promise<void> {}

  async close(): Promise<void> {
    this.#listeners.clear();
    for (const machine of this.#machines.values()) machine.powerOff();
    await Promise.all([...this.#machines.values()].map((machine) => machine.closeConsoles()));
  }

  /**
   * Changes what is said of a server and leaves its consoles as they are.
   *
   * @throws ConsoleError `server-not-found`, as all methods below
   */
  change(id: string, change: ServerChange): void {
    this.#machine(id).change(change);
  }

  /** Starts a server; it boots before the eyes of who watches. */
  start(id: string): void {
    const machine = this.#machine(id);
    machine.change({ vmState: 'active' });
    machine.boot();
  }

  /** Stops a server and ends its consoles. */
  async stop(id: string): Promise<void> {
    const machine = this.#machine(id);
    machine.powerOff();
    machine.change({ vmState: 'stopped' });
    await this.#endConsoles(machine, 'stopped');
  }

  /** Moves a server to another host: it goes on running, its consoles end here. */
  async migrate(id: string, host: string): Promise<void> {
    const machine = this.#machine(id);
    machine.change({ host });
    await this.#endConsoles(machine, 'migrated');
  }

  /** Deletes a server: it is not found from now on. */
  async delete(id: string): Promise<void> {
    const machine = this.#machine(id);
    this.#machines.delete(id);
    machine.powerOff();
    await this.#endConsoles(machine, 'deleted');
  }

  /** The event goes out first: whoever holds a session learns why before the connection breaks. */
  async #endConsoles(machine: Machine, kind: ServerEvent['kind']): Promise<void> {
    this.#emit({ serverId: machine.server.id, kind });
    await machine.closeConsoles();
  }

  #emit(event: ServerEvent): void {
    for (const listener of this.#listeners) {
      try {
        listener(event);
      } catch (error) {
        this.#context.logger.error(
          { err: error, serverId: event.serverId },
          'a listener for server events failed',
        );
      }
    }
  }

  #readOutput(id: string): string {
    const output = this.#machine(id).output;
    if (output === undefined) throw consoleOutputUnavailable();
    return output;
  }

  async #takeScreenshot(id: string): Promise<Screenshot> {
    const machine = this.#machine(id);
    assertServerLive(machine.server, 'get_screenshot');
    const picture = machine.snapshot();
    if (!picture) throw consoleTypeUnavailable('vnc');
    return { mediaType: 'image/png', data: await encodePng(toRgb(picture)) };
  }

  #machine(id: string): Machine {
    const machine = this.#machines.get(id);
    if (!machine) throw serverNotFound(id);
    return machine;
  }
}
