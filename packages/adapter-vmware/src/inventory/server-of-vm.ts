import type { Server, VmState } from '@remote-consoles/core';
import type { Inventory } from './inventory.js';
import { type ProjectRules, projectOf } from './project-rules.js';
import type { VirtualMachine } from './virtual-machine.js';

/** A server's id: the VM's instance UUID, which Nova sets to its own id; the BIOS UUID where there is none. */
export function serverIdOf(vm: VirtualMachine): string | undefined {
  return vm.instanceUuid ?? vm.biosUuid;
}

/** Nova's state of a VM. */
export function vmStateOf(vm: VirtualMachine): VmState {
  // The host has no such VM, or cannot read its files; a host that is merely out of touch tells nothing of the VM.
  if (['orphaned', 'inaccessible', 'invalid'].includes(vm.connectionState)) return 'error';
  return vmStateOfPower(vm.powerState);
}

/** Nova's state for vSphere's `VirtualMachinePowerState`. */
export function vmStateOfPower(powerState: string): VmState {
  switch (powerState) {
    case 'poweredOn':
      return 'active';
    case 'poweredOff':
      return 'stopped';
    case 'suspended':
      return 'suspended';
    default:
      return 'error';
  }
}

/** The server that a VM is; undefined for a template, and for a VM without id or project. */
export function serverOf(vm: VirtualMachine, inventory: Inventory, rules: ProjectRules): Server | undefined {
  const id = serverIdOf(vm);
  const projectId = projectOf(vm, inventory, rules);
  if (vm.template || id === undefined || projectId === undefined) return undefined;
  // vCenter still names the host that an orphaned VM was lost from.
  const hosted = vm.hostId !== undefined && vm.connectionState !== 'orphaned';
  return {
    id,
    name: displayName(vm.name),
    projectId,
    vmState: vmStateOf(vm),
    ...(hosted && vm.hostId !== undefined && { host: inventory.hostName(vm.hostId) }),
  };
}

function displayName(name: string): string {
  return name.replace(/%(25|2f|5c)/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}
