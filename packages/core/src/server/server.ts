/** Nova's `vm_state` values that a hypervisor can report. */
export const VM_STATES = [
  'active',
  'building',
  'paused',
  'suspended',
  'stopped',
  'rescued',
  'resized',
  'soft-delete',
  'deleted',
  'error',
  'shelved',
  'shelved_offloaded',
] as const;
export type VmState = (typeof VM_STATES)[number];

/** A virtual machine, seen from the API. */
export interface Server {
  /** The id that clients use, usually a UUID. */
  readonly id: string;
  readonly name: string;
  readonly projectId: string;
  readonly userId?: string;
  /** The compute host; absent while the server is not scheduled to one. */
  readonly host?: string;
  readonly vmState: VmState;
  /** Nova's `task_state`, such as `migrating`; absent when nothing is under way. */
  readonly taskState?: string;
  /** ms since the epoch */
  readonly createdAt?: number;
  /** ms since the epoch */
  readonly updatedAt?: number;
}

const STATUS: Readonly<Record<VmState, string>> = {
  active: 'ACTIVE',
  building: 'BUILD',
  paused: 'PAUSED',
  suspended: 'SUSPENDED',
  stopped: 'SHUTOFF',
  rescued: 'RESCUE',
  resized: 'VERIFY_RESIZE',
  'soft-delete': 'SOFT_DELETED',
  deleted: 'DELETED',
  error: 'ERROR',
  shelved: 'SHELVED',
  shelved_offloaded: 'SHELVED_OFFLOADED',
};

/** The API's `status` of a server; a live migration shows as MIGRATING. */
export function serverStatus(server: Pick<Server, 'vmState' | 'taskState'>): string {
  return server.vmState === 'active' && server.taskState === 'migrating'
    ? 'MIGRATING'
    : STATUS[server.vmState];
}

/** Nova's `power_state` number of a server: 1 running, 3 paused, 4 shut down, 7 suspended, 0 unknown. */
export function powerState(server: Pick<Server, 'vmState'>): number {
  switch (server.vmState) {
    case 'active':
    case 'rescued':
    case 'resized':
      return 1;
    case 'paused':
      return 3;
    case 'suspended':
      return 7;
    case 'stopped':
    case 'shelved':
      return 4;
    default:
      return 0;
  }
}
