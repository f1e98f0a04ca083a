import type { Clock, ConsoleProtocol, Random, Server, VmState } from '@remote-consoles/core';
import type { ExternalConsole } from './config/external-console.js';
import type { MachineSpec } from './config/inventory.js';
import type { TlsIdentity } from './config/tls-identity.js';
import { LiveConsoles } from './live-consoles.js';
import type { Picture } from './picture/picture.js';
import { plainText } from './tty/plain-text.js';

/** What may change of a server; null takes a host or a task away. */
export interface ServerChange {
  readonly vmState?: VmState;
  readonly taskState?: string | null;
  readonly host?: string | null;
}

/** A server of the inventory with the consoles it has. */
export class Machine {
  readonly #spec: MachineSpec;
  readonly #clock: Clock;
  readonly #live: LiveConsoles;
  #server: Server;

  constructor(
    spec: MachineSpec,
    context: { readonly identity: () => TlsIdentity; readonly clock: Clock; readonly random: Random },
  ) {
    this.#spec = spec;
    this.#clock = context.clock;
    this.#server = spec.server;
    const vnc = spec.vnc?.kind === 'live' ? spec.vnc : undefined;
    this.#live = new LiveConsoles({ ...context, vnc, server: () => this.#server });
    const hasLive = vnc !== undefined || spec.serial?.kind === 'live' || spec.mks;
    if (hasLive && this.#server.vmState === 'active') this.#live.guest.bootUnseen();
  }

  get server(): Server {
    return this.#server;
  }

  /** What the serial port printed, without colours; undefined where this machine has no live one. */
  get output(): string | undefined {
    if (this.#spec.serial?.kind !== 'live') return undefined;
    return plainText(this.#live.guest.serial.scrollback);
  }

  /** Where the console is, or undefined where this machine has none of that protocol. */
  async openConsole(protocol: ConsoleProtocol): Promise<ExternalConsole | undefined> {
    const { vnc, serial, mks, spice, rdp } = this.#spec;
    switch (protocol) {
      case 'vnc':
        return vnc?.kind === 'live' ? this.#live.openVnc() : vnc;
      case 'serial':
        return serial?.kind === 'live' ? this.#live.openSerial() : serial;
      case 'mks':
        return mks ? this.#live.openMks() : undefined;
      case 'spice':
        return spice;
      case 'rdp':
        return rdp;
    }
  }

  /** What its screen shows now; undefined where it has none that is drawn here. */
  snapshot(): Picture | undefined {
    return this.#spec.vnc?.kind === 'live' || this.#spec.mks ? this.#live.snapshot() : undefined;
  }

  change({ vmState, taskState, host }: ServerChange): void {
    const { taskState: oldTask, host: oldHost, ...rest } = this.#server;
    const newTask = taskState === undefined ? oldTask : (taskState ?? undefined);
    const newHost = host === undefined ? oldHost : (host ?? undefined);
    this.#server = {
      ...rest,
      ...(vmState && { vmState }),
      ...(newTask !== undefined && { taskState: newTask }),
      ...(newHost !== undefined && { host: newHost }),
      updatedAt: this.#clock.now(),
    };
    this.#live.touch();
  }

  boot(): void {
    this.#live.guest.boot();
  }

  powerOff(): void {
    this.#live.guest.powerOff();
  }

  closeConsoles(): Promise<void> {
    return this.#live.close();
  }
}
