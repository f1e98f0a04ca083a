import type { ServerEvent, VmState } from '@remote-consoles/core';
import { serverIdOf, vmStateOf } from '../inventory/server-of-vm.js';
import type { VirtualMachine } from '../inventory/virtual-machine.js';

/** What the watch remembers of a server. */
export interface WatchedServer {
  readonly id: string;
  readonly vmState: VmState;
  readonly hostId: string | undefined;
}

/** The server that a VM is to the watch; undefined for what is no server. */
export function watchedServer(vm: VirtualMachine): WatchedServer | undefined {
  const id = serverIdOf(vm);
  return vm.template || id === undefined ? undefined : { id, vmState: vmStateOf(vm), hostId: vm.hostId };
}

const ENDS: Readonly<Partial<Record<VmState, ServerEvent['kind']>>> = {
  stopped: 'stopped',
  suspended: 'suspended',
  error: 'crashed',
};

/** What has ended the consoles of a server between two looks at its VM. */
export function serverChange(
  before: WatchedServer | undefined,
  after: WatchedServer | undefined,
): ServerEvent | undefined {
  if (!before) return undefined;
  const kind = changeKind(before, after);
  return kind && { serverId: before.id, kind };
}

function changeKind(
  before: WatchedServer,
  after: WatchedServer | undefined,
): ServerEvent['kind'] | undefined {
  if (!after || after.id !== before.id) return 'deleted';
  if (before.vmState !== 'active') return undefined;
  if (after.vmState !== 'active') return ENDS[after.vmState];
  // A console is a connection to the host that runs the VM.
  return after.hostId === before.hostId ? undefined : 'migrated';
}
