import type { WmiObject } from '../wmi/wmi-object.js';
import { type Guid, parseGuid } from './guid.js';

/** What this adapter knows of a virtual machine. */
export interface VirtualMachine {
  readonly guid: Guid;
  /** What Hyper-V Manager shows; several VMs may have the same. */
  readonly name: string;
  /** `EnabledState` of `Msvm_ComputerSystem` */
  readonly enabledState: number;
  /** Whether it is being moved to another host. */
  readonly migrating: boolean;
  /** Whether it is Hyper-V Replica's copy of a VM that another host has, with the same GUID. */
  readonly replica: boolean;
  /** The lines of its notes; none unless they were asked for. */
  readonly notes: readonly string[];
}

/** `OperationalStatus`: "Migrating Virtual Machine". */
const MIGRATING = 32_774;
/** `ReplicationMode`: "Replica" and "Extended Replica". */
const REPLICAS: readonly (number | undefined)[] = [2, 4];

/** Reads an `Msvm_ComputerSystem`; undefined for the one that is the host itself, whose name is no GUID. */
export function parseVirtualMachine(system: WmiObject): VirtualMachine | undefined {
  const guid = parseGuid(system.text('Name') ?? '');
  return (
    guid && {
      guid,
      name: system.text('ElementName') ?? '',
      enabledState: system.numbers('EnabledState')[0] ?? 0,
      migrating: system.numbers('OperationalStatus').includes(MIGRATING),
      replica: REPLICAS.includes(system.numbers('ReplicationMode')[0]),
      notes: [],
    }
  );
}

/** Reads the notes in an `Msvm_VirtualSystemSettingData`, line by line, and whose they are. */
export function parseNotes(
  settings: WmiObject,
): { readonly guid: Guid; readonly notes: readonly string[] } | undefined {
  const guid = parseGuid(settings.text('VirtualSystemIdentifier') ?? '');
  return guid && { guid, notes: settings.all('Notes').flatMap((note) => note.split(/\r\n|[\n\r]/)) };
}
