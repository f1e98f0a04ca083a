import type { Socket } from 'node:net';
import type { DomainIdentity, DomainInfo, DomainSnapshot, PowerAction, Screenshot } from './calls/calls.js';
import type { Connection } from './connection.js';
import type { DomainState } from './domain-state.js';

/**
 * A virtual machine, by its UUID. It holds nothing in libvirt: each call looks the domain up, so it may be
 * kept for as long as its connection is open, and rejects with `noDomain` once the domain is gone.
 */
export class Domain {
  readonly uuid: string;
  /** The name at the time of the look-up. */
  readonly name: string;
  readonly #connection: Connection;

  /** @internal */
  constructor(connection: Connection, { uuid, name }: DomainIdentity) {
    this.#connection = connection;
    this.uuid = uuid;
    this.name = name;
  }

  getState(): Promise<DomainState> {
    return this.#connection.call('getState', { uuid: this.uuid });
  }

  getInfo(): Promise<DomainInfo> {
    return this.#connection.call('getInfo', { uuid: this.uuid });
  }

  /**
   * The domain's description: the live one, or with `inactive` the one that the next start will use.
   * `secure` adds passwords and needs a connection that is not read-only. Do not log or keep it.
   */
  getXML({
    secure = false,
    inactive = false,
  }: {
    secure?: boolean;
    inactive?: boolean;
  } = {}): Promise<string> {
    return this.#connection.call('getXml', { uuid: this.uuid, secure, inactive });
  }

  /** Name, state and live description in one call. For `secure` see {@link getXML}. */
  describe({ secure = false }: { secure?: boolean } = {}): Promise<DomainSnapshot> {
    return this.#connection.call('describe', { uuid: this.uuid, secure });
  }

  /**
   * A socket to the display `index` (its place among the `<graphics>` elements), handed over by the daemon
   * on this machine: no TCP port is used. `skipAuth` makes the display ask for no password. Rejects when the
   * connection is not a local unix socket.
   */
  openGraphics(index: number, { skipAuth = false }: { skipAuth?: boolean } = {}): Promise<Socket> {
    return this.#connection.openSocket('openGraphics', { uuid: this.uuid, index, skipAuth });
  }

  /**
   * The bytes of a serial or virtio console, by its device alias; `null` is the first one. A console has one
   * user: a second one is refused, or with `force` takes it over, and the first one's socket ends. libvirt
   * cannot make the guest wait, so a user who does not read loses what is more than 4 MiB ahead of him.
   */
  openConsole(device: string | null = null, { force = false }: { force?: boolean } = {}): Promise<Socket> {
    return this.#connection.openSocket('openConsole', { uuid: this.uuid, device, force });
  }

  /** Changes a device of the running domain to `xml`. The stored definition stays as it is. */
  async updateDevice(xml: string): Promise<void> {
    await this.#connection.call('updateDevice', { uuid: this.uuid, xml });
  }

  screenshot(screen = 0): Promise<Screenshot> {
    return this.#connection.call('screenshot', { uuid: this.uuid, screen });
  }

  /** Presses Linux key codes (`KEY_*` of linux/input-event-codes.h) together, for `holdTime` ms. */
  async sendKey(keycodes: readonly number[], { holdTime = 50 }: { holdTime?: number } = {}): Promise<void> {
    await this.#connection.call('sendKey', { uuid: this.uuid, keycodes, holdTime });
  }

  /** Starts a domain that is shut off. */
  create(): Promise<void> {
    return this.#power('create');
  }

  /** Asks the guest to shut down; resolves when it is asked. */
  shutdown(): Promise<void> {
    return this.#power('shutdown');
  }

  /** Asks the guest to reboot; resolves when it is asked. */
  reboot(): Promise<void> {
    return this.#power('reboot');
  }

  /** Presses the reset button. */
  reset(): Promise<void> {
    return this.#power('reset');
  }

  /** Pulls the plug. */
  destroy(): Promise<void> {
    return this.#power('destroy');
  }

  suspend(): Promise<void> {
    return this.#power('suspend');
  }

  resume(): Promise<void> {
    return this.#power('resume');
  }

  async #power(action: PowerAction): Promise<void> {
    await this.#connection.call('power', { uuid: this.uuid, action });
  }
}
