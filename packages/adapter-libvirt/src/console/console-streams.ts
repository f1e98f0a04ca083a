import type { Duplex } from 'node:stream';
import {
  ConsoleError,
  type ConsoleStreamPort,
  type HypervisorTransport,
  serverNotFound,
} from '@remote-consoles/core';
import { LibvirtError, LibvirtErrorCode } from 'libvirt-ts';
import type { LibvirtHost } from '../host/libvirt-host.js';
import type { SerialConsoles } from '../serial/serial-consoles.js';
import { type ConsoleAddress, parseConsoleAddress } from './console-address.js';

/** Opens the streams that libvirt itself hands over. */
export class ConsoleStreams implements ConsoleStreamPort<Duplex> {
  readonly #hosts: ReadonlyMap<string, LibvirtHost>;
  readonly #serials: SerialConsoles;

  constructor(hosts: readonly LibvirtHost[], serials: SerialConsoles) {
    this.#hosts = new Map(hosts.map((host) => [host.name, host]));
    this.#serials = serials;
  }

  async openStream(transport: HypervisorTransport): Promise<Duplex> {
    const address = parseConsoleAddress(transport.address);
    const host = address && this.#hosts.get(address.host);
    if (!address || !host) throw new ConsoleError('console-unreachable', 'the console has no such address');
    try {
      return address.kind === 'character'
        ? await this.#serials.open(host, address)
        : await openDisplay(host, address);
    } catch (error) {
      if (!(error instanceof LibvirtError)) throw error;
      if (error.code === LibvirtErrorCode.noDomain) throw serverNotFound(address.uuid);
      throw new ConsoleError('console-unreachable', 'libvirt did not hand the console over', {
        cause: error,
      });
    }
  }
}

function openDisplay(
  host: LibvirtHost,
  { uuid, index }: Extract<ConsoleAddress, { kind: 'display' }>,
): Promise<Duplex> {
  // who may see the console was decided with its token; the display's own password is for others
  return host.use((connection) =>
    connection.domain({ uuid, name: '' }).openGraphics(index, { skipAuth: true }),
  );
}
