import type { ServerEvent, VmState } from '@remote-consoles/core';

/** What the watch remembers of a VM. */
export interface WatchedVm {
  readonly serverId: string;
  readonly vmState: VmState;
}

const ENDS: Readonly<Partial<Record<VmState, ServerEvent['kind']>>> = {
  stopped: 'stopped',
  suspended: 'suspended',
  error: 'crashed',
};

/** What has ended the consoles of a VM that is still there, between two looks at it. */
export function consoleEnd(before: WatchedVm, after: WatchedVm): ServerEvent | undefined {
  const { serverId } = before;
  if (after.serverId !== serverId) return { serverId, kind: 'deleted' };
  const had = before.vmState === 'active' || before.vmState === 'paused';
  const kind = had ? ENDS[after.vmState] : undefined;
  return kind && { serverId, kind };
}
