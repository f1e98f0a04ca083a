import type { ConnectInfo, ConsoleSecurity, ConsoleTransport } from '@remote-consoles/core';

/** A `ConsoleConnection` without the server and type that it was asked for. */
export interface ReachableConsole {
  readonly transport: ConsoleTransport;
  readonly security: ConsoleSecurity;
  readonly connectInfo: ConnectInfo;
}

/** Where the consoles of a host are dialled. */
export interface ConsolePlace {
  /** The hypervisor's configured name. */
  readonly hypervisor: string;
  /** The host's configured name. */
  readonly host: string;
  /** Whether libvirt can hand its displays over as file descriptors. */
  readonly passesDescriptors: boolean;
  /** The machine's name or address; undefined for this one. */
  readonly machine: string | undefined;
}

const wildcards: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '::1', '': '127.0.0.1' };
const loopback = /^(?:127\.\d{1,3}\.\d{1,3}\.\d{1,3}|::1|localhost)$/;

/** Whether a machine's loopback addresses and sockets are this one's. */
export function isHere(machine: string | undefined): boolean {
  return machine === undefined || loopback.test(machine);
}

/** What to dial for something that listens on `listen` there; undefined where it cannot be dialled from here. */
export function dialAddress(listen: string, { machine }: ConsolePlace): string | undefined {
  if (machine === undefined || isHere(machine)) return wildcards[listen] ?? listen;
  if (listen in wildcards) return machine;
  return loopback.test(listen) ? undefined : listen;
}
