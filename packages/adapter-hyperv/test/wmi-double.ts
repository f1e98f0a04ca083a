/** A VM as the double tells of it. */
export interface VmRecord {
  readonly guid: string;
  name: string;
  /** `EnabledState`: 2 running, 3 off, 6 saved, 9 paused, … */
  state: number;
  notes?: readonly string[];
  /** `ReplicationMode`: 1 primary, 2 replica, … */
  replication?: number;
  migrating?: boolean;
}

type Value = string | number | readonly (string | number)[] | null;
export type Instance = Readonly<Record<string, Value>>;

/** What a Hyper-V host's WMI knows, as far as the adapter asks for it. */
export class WmiDouble {
  readonly vms: VmRecord[];
  listenerPort: number | null = 2179;

  constructor(vms: readonly VmRecord[]) {
    this.vms = [...vms];
  }

  vm(name: string): VmRecord {
    const vm = this.vms.find((one) => one.name === name);
    if (!vm) throw new Error(`no VM ${name}`);
    return vm;
  }

  /** Answers WQL; undefined for a class that Hyper-V does not have, throws for text that is no WQL. */
  query(wql: string): { readonly className: string; readonly instances: readonly Instance[] } | undefined {
    const { className, matches } = parseWql(wql);
    const instances = this.#instancesOf(className);
    return instances && { className, instances: instances.filter(matches) };
  }

  #instancesOf(className: string): readonly Instance[] | undefined {
    switch (className) {
      case 'Msvm_ComputerSystem':
        return [hostComputer(), ...this.vms.map(computer)];
      case 'Msvm_VirtualSystemSettingData':
        return this.vms.flatMap((vm) => [settings(vm), checkpoint(vm)]);
      case 'Msvm_TerminalServiceSettingData':
        return [{ Caption: 'Hyper-V Terminal Service Settings', ListenerPort: this.listenerPort }];
      default:
        return undefined;
    }
  }
}

/** The host is one of its own computer systems, and says of itself that it is enabled. */
function hostComputer(): Instance {
  return {
    Caption: 'Hosting Computer System',
    ElementName: 'HV1',
    EnabledState: 2,
    Name: 'HV1',
    OperationalStatus: [2],
    ReplicationMode: 0,
  };
}

function computer(vm: VmRecord): Instance {
  return {
    Caption: 'Virtual Machine',
    CreationClassName: 'Msvm_ComputerSystem',
    ElementName: vm.name,
    EnabledState: vm.state,
    InstanceID: null,
    Name: vm.guid,
    OperationalStatus: vm.migrating ? [11, 32_774] : [2],
    ReplicationMode: vm.replication ?? 0,
  };
}

function settings({ guid, name, notes }: VmRecord): Instance {
  return {
    ElementName: name,
    InstanceID: `Microsoft:${guid}`,
    Notes: notes ?? null,
    VirtualSystemIdentifier: guid,
    VirtualSystemType: 'Microsoft:Hyper-V:System:Realized',
  };
}

/** A checkpoint has the notes of its time. */
function checkpoint(vm: VmRecord): Instance {
  return {
    ...settings(vm),
    Notes: ['project: of-the-checkpoint'],
    VirtualSystemType: 'Microsoft:Hyper-V:Snapshot:Realized',
  };
}

/** So much of WQL as `SELECT * FROM Class WHERE (A = 'a' AND B = 'b') OR (C = 'c')`. */
function parseWql(wql: string): {
  readonly className: string;
  readonly matches: (instance: Instance) => boolean;
} {
  const condition = String.raw`\w+ = '[^'\\]*'`;
  const group = String.raw`\(${condition}(?: AND ${condition})*\)`;
  const grammar = new RegExp(`^SELECT \\* FROM (\\w+)(?: WHERE (${group}(?: OR ${group})*))?$`);
  const [whole, className = '', where] = grammar.exec(wql) ?? [];
  if (whole === undefined) throw new Error(`not WQL: ${wql}`);
  const groups = where?.split(') OR (').map((text) => [...text.matchAll(/(\w+) = '([^']*)'/g)]);
  const matches = (instance: Instance) =>
    groups === undefined ||
    groups.some((allOf) =>
      allOf.every(
        ([, property = '', value = '']) => String(instance[property]).toLowerCase() === value.toLowerCase(),
      ),
    );
  return { className, matches };
}
