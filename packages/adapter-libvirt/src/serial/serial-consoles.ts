import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { ConsoleError, serverNotFound } from '@remote-consoles/core';
import { LibvirtError, LibvirtErrorCode } from 'libvirt-ts';
import type { ConsoleAddress } from '../console/console-address.js';
import type { ConsolePlace } from '../console/reachable-console.js';
import type { FoundDomain } from '../host/domain-search.js';
import type { LibvirtHost } from '../host/libvirt-host.js';
import { reachCharacter } from './character-device.js';
import { SharedSerial } from './shared-serial.js';

/** What a second user of a serial console gets: nothing, the console itself, or a view of it. */
export type SecondUser = 'refuse' | 'take-over' | 'watch';

/** How long a console that is in use may take to become free, in ms: a page that is reloaded leaves and comes. */
const patience = 1500;
const retryPause = 100;

/** What a serial console needs of the hypervisor. */
export interface SerialEnvironment {
  readonly secondUser: SecondUser;
  /** ms */
  readonly connectTimeout: number;
  /** The domain as its host has it now. */
  read(host: LibvirtHost, uuid: string): Promise<FoundDomain | undefined>;
  place(host: LibvirtHost): ConsolePlace;
}

type CharacterAddress = Extract<ConsoleAddress, { kind: 'character' }>;

/**
 * The serial consoles that are open. Each has one user at a time: two would steal each other's bytes, and
 * QEMU keeps what a waiting one types and runs it when its turn comes.
 */
export class SerialConsoles {
  readonly #environment: SerialEnvironment;
  /** By address. A promise holds the place of one that is being opened. */
  readonly #open = new Map<string, Promise<SharedSerial>>();

  constructor(environment: SerialEnvironment) {
    this.#environment = environment;
  }

  /**
   * @throws ConsoleError `console-refused` where it is in use, `console-unreachable`, `server-not-found`,
   *   `hypervisor-unavailable`; LibvirtError
   */
  async open(host: LibvirtHost, address: CharacterAddress): Promise<Duplex> {
    const key = `${host.name}/${address.uuid}/${address.alias}`;
    const known = this.#open.get(key);
    const current = await known?.catch(() => undefined);
    if (current && !current.ended) {
      const { secondUser } = this.#environment;
      if (secondUser === 'watch') return current.watch();
      if (secondUser === 'take-over') await current.end();
      else await untilEnded(current);
    }
    const holder = this.#open.get(key);
    if (holder !== undefined && holder !== known) throw inUse(); // somebody else was quicker
    const opening = this.#connect(host, address).then((console) => new SharedSerial(console));
    this.#open.set(key, opening);
    const free = (): void => {
      if (this.#open.get(key) === opening) this.#open.delete(key);
    };
    try {
      const { user } = await opening;
      user.once('close', free);
      return user;
    } catch (error) {
      free();
      throw error;
    }
  }

  async #connect(host: LibvirtHost, { uuid, alias }: CharacterAddress): Promise<Duplex> {
    const { read, place, connectTimeout } = this.#environment;
    const domain = await read(host, uuid);
    if (!domain) throw serverNotFound(uuid);
    const device = domain.description.characterDevices.find((candidate) => candidate.alias === alias);
    const way = device && reachCharacter(device, place(host));
    if (!way) throw new ConsoleError('console-unreachable', 'the server has no such serial console');
    if (way.kind === 'libvirt') return await this.#openPty(host, uuid, alias);
    return await dial(way.kind === 'tcp' ? connect(way.port, way.host) : connect(way.path), connectTimeout);
  }

  /** libvirt itself keeps a second user away, also one of another gateway or of `virsh console`. */
  async #openPty(host: LibvirtHost, uuid: string, alias: string): Promise<Duplex> {
    const force = this.#environment.secondUser === 'take-over';
    const end = performance.now() + patience;
    for (;;) {
      try {
        return await host.use((connection) =>
          connection.domain({ uuid, name: '' }).openConsole(alias, { force }),
        );
      } catch (error) {
        if (!(error instanceof LibvirtError) || error.code !== LibvirtErrorCode.operationFailed) throw error;
        if (performance.now() > end) throw inUse();
        await delay(retryPause);
      }
    }
  }
}

async function untilEnded(current: SharedSerial): Promise<void> {
  const end = performance.now() + patience;
  while (!current.ended) {
    if (performance.now() > end) throw inUse();
    await delay(retryPause);
  }
}

async function dial(socket: Socket, timeout: number): Promise<Socket> {
  try {
    await once(socket, 'connect', { signal: AbortSignal.timeout(timeout) });
    return socket;
  } catch (error) {
    socket.destroy();
    throw new ConsoleError('console-unreachable', 'the serial console does not answer', { cause: error });
  }
}

function inUse(): ConsoleError {
  return new ConsoleError('console-refused', 'the serial console is in use by somebody else');
}
