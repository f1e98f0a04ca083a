import { PassThrough } from 'node:stream';
import {
  basicDiagnosis,
  type ConsoleConnection,
  type ConsoleType,
  consoleNotImplemented,
  consoleTypeUnavailable,
  type DiagnosisPort,
  type HypervisorPort,
  type HypervisorTransport,
  hypervisorUnavailable,
  protocolOf,
  type Screenshot,
  Secret,
  type Server,
  type ServerEvent,
  serverNotFound,
  serverStateInvalid,
} from '@remote-consoles/core';
import type { HypervisorHarness } from '../src/index.js';

export const PASSWORD = 'a vnc password';
export const VNC_SERVER = '6e4fcd21-9d53-4c30-9d0d-4bbd0a2f6f0a';
export const SERIAL_SERVER = '6e4fcd21-9d53-4c30-9d0d-4bbd0a2f6f0b';
export const STOPPED_SERVER = '6e4fcd21-9d53-4c30-9d0d-4bbd0a2f6f0c';

const facts = { projectId: 'p', host: 'host-1', createdAt: 1_700_000_000_000 } as const;
const CONNECT_INFO = { host: '192.0.2.1', port: 5900, tlsPort: null, internalAccessPath: null };

/** The smallest hypervisor that keeps the contract: one server with VNC, one with a serial console, one shut off. */
export class ReferenceHypervisor implements HypervisorPort {
  get name() {
    return 'reference';
  }

  servers: Server[] = [
    { ...facts, id: VNC_SERVER, name: 'vnc', vmState: 'active' },
    { ...facts, id: SERIAL_SERVER, name: 'serial', vmState: 'active' },
    { ...facts, id: STOPPED_SERVER, name: 'stopped', vmState: 'stopped' },
  ];
  down = false;
  readonly listeners = new Set<(event: ServerEvent) => void>();
  readonly streams = { openStream: (transport: HypervisorTransport) => this.openStream(transport) };
  readonly screenshots = { takeScreenshot: (server: Server) => this.takeScreenshot(server) };
  readonly keys = { sendKeys: (server: Server) => this.control(server) };
  readonly power = { changePower: (server: Server) => this.control(server) };
  readonly diagnosis: DiagnosisPort = basicDiagnosis(this);
  readonly output = { readOutput: (server: Server) => this.readOutput(server) };

  async findServer(id: string): Promise<Server | undefined> {
    this.assertUp();
    return this.servers.find((server) => server.id === id);
  }

  async listServers(): Promise<readonly Server[]> {
    this.assertUp();
    return this.servers;
  }

  async openConsole({ id }: Server, type: ConsoleType): Promise<ConsoleConnection> {
    const server = await this.findServer(id);
    if (!server) throw serverNotFound(id);
    const protocol = protocolOf(type);
    if (server.vmState === 'stopped') {
      throw serverStateInvalid(id, `get_${protocol}_console`, 'vm_state', server.vmState);
    }
    if (protocol !== 'vnc' && protocol !== 'serial') throw consoleNotImplemented();
    if (server.name !== protocol) throw consoleTypeUnavailable(protocol);
    return protocol === 'vnc' ? this.vnc(id, type) : this.serial(id, type);
  }

  vnc(serverId: string, type: ConsoleType): ConsoleConnection {
    return {
      serverId,
      type,
      transport: { kind: 'tcp', host: '192.0.2.1', port: 5900 },
      security: { kind: 'rfb', password: new Secret(PASSWORD) },
      connectInfo: CONNECT_INFO,
    };
  }

  serial(serverId: string, type: ConsoleType): ConsoleConnection {
    return {
      serverId,
      type,
      transport: { kind: 'hypervisor', hypervisor: this.name, address: serverId },
      security: { kind: 'none' },
      connectInfo: CONNECT_INFO,
    };
  }

  watch(listener: (event: ServerEvent) => void): () => void {
    this.listeners.add(listener);
    return () => {
      this.listeners.delete(listener);
    };
  }

  async check(): Promise<void> {
    this.assertUp();
  }

  async close(): Promise<void> {}

  async openStream({ address }: HypervisorTransport): Promise<unknown> {
    if (address !== SERIAL_SERVER) throw serverNotFound(address);
    return new PassThrough();
  }

  async takeScreenshot(server: Server): Promise<Screenshot> {
    await this.control(server);
    if (server.name === 'serial') throw consoleTypeUnavailable('vnc');
    return { mediaType: 'image/png', data: Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a) };
  }

  async control({ id }: Server): Promise<void> {
    const server = await this.findServer(id);
    if (!server) throw serverNotFound(id);
    if (server.vmState === 'stopped') throw serverStateInvalid(id, 'control', 'vm_state', server.vmState);
  }

  async readOutput(_server: Server): Promise<string> {
    return 'boot log\nlogin:';
  }

  endFirst(): ServerEvent {
    this.servers = this.servers.map((each) =>
      each.id === VNC_SERVER ? { ...each, vmState: 'stopped' } : each,
    );
    const event = { serverId: VNC_SERVER, kind: 'stopped' } as const;
    for (const listener of this.listeners) listener(event);
    return event;
  }

  assertUp(): void {
    if (this.down) throw hypervisorUnavailable(this.name);
  }
}

export function hypervisorHarness(port = new ReferenceHypervisor()): HypervisorHarness {
  return {
    port,
    consoles: [
      { serverId: VNC_SERVER, type: 'novnc' },
      { serverId: SERIAL_SERVER, type: 'serial' },
    ],
    withoutDevice: { serverId: SERIAL_SERVER, type: 'novnc' },
    notImplemented: { serverId: VNC_SERVER, type: 'webmks' },
    stopped: STOPPED_SERVER,
    log: { serverId: SERIAL_SERVER, contains: 'login:' },
    secrets: [PASSWORD],
    deadline: 150,
    endFirstConsole: async () => port.endFirst(),
    makeUnavailable: () => {
      port.down = true;
    },
  };
}
