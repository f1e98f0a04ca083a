import type { Server, VmState } from '@remote-consoles/core';
import { type ProjectRules, projectOf } from './project-rules.js';
import type { ServerIdentity } from './server-identity.js';
import type { VirtualMachine } from './virtual-machine.js';

type State = readonly [vmState: VmState, taskState?: string];

/** Nova's states for `EnabledState`. What is above 32767 older hosts report, and newer ones for a moment. */
const STATES: ReadonlyMap<number, State> = new Map<number, State>([
  [2, ['active']],
  [3, ['stopped']],
  [4, ['active', 'powering-off']],
  [6, ['suspended']],
  [9, ['paused']],
  [10, ['active', 'powering-on']],
  [32_768, ['paused']],
  [32_769, ['suspended']],
  [32_770, ['active', 'powering-on']],
  [32_771, ['active']],
  [32_773, ['active', 'suspending']],
  [32_774, ['active', 'powering-off']],
  [32_776, ['active', 'pausing']],
  [32_777, ['paused', 'unpausing']],
]);
const UNKNOWN: State = ['error'];

/** Nova's state of a VM. */
export function vmStateOf({ enabledState }: Pick<VirtualMachine, 'enabledState'>): VmState {
  return (STATES.get(enabledState) ?? UNKNOWN)[0];
}

/** The server that a VM is; undefined for a VM without project. */
export function serverOf(
  vm: VirtualMachine,
  host: string,
  rules: { readonly identity: ServerIdentity; readonly project: ProjectRules },
): Server | undefined {
  const projectId = projectOf(vm.notes, rules.project);
  if (projectId === undefined) return undefined;
  const [vmState, task] = STATES.get(vm.enabledState) ?? UNKNOWN;
  const taskState = vm.migrating ? 'migrating' : task;
  return {
    id: rules.identity.idOf(vm),
    name: vm.name,
    projectId,
    host,
    vmState,
    ...(taskState !== undefined && { taskState }),
  };
}
