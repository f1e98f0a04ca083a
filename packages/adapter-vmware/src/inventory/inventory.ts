import type { ObjectProperties } from '../vim/object-properties.js';
import { parseVirtualMachine, type VirtualMachine } from './virtual-machine.js';

interface Folder {
  readonly name: string;
  readonly parentId?: string;
}

/** Folders that lie in each other; a real inventory has a few. */
const MAX_FOLDER_DEPTH = 64;

/** Virtual machines, and what is known of their surroundings. */
export class Inventory {
  readonly virtualMachines: readonly VirtualMachine[];
  readonly #hosts = new Map<string, string>();
  readonly #folders = new Map<string, Folder>();
  readonly #attributes = new Map<string, string>();

  constructor(objects: readonly ObjectProperties[]) {
    const virtualMachines: VirtualMachine[] = [];
    for (const { object, values } of objects) {
      if (object.type === 'VirtualMachine') virtualMachines.push(parseVirtualMachine(values));
      else if (object.type === 'HostSystem')
        this.#hosts.set(object.id, values.get('name')?.text || object.id);
      else if (object.type === 'CustomFieldsManager') this.#readAttributes(values);
      else this.#folders.set(object.id, folderOf(values));
    }
    this.virtualMachines = virtualMachines;
  }

  /** The name of a host; its id where the account may not read the name. */
  hostName(id: string): string {
    return this.#hosts.get(id) ?? id;
  }

  /** The value of a VM's custom attribute of that name. */
  customAttribute(vm: VirtualMachine, name: string): string | undefined {
    const key = this.#attributes.get(name);
    return key === undefined ? undefined : vm.customValues.get(key);
  }

  /** The names from the datacenter's down to the VM's folder's, `[DC0, vm, tenants]`; without the root folder's. */
  folderPath(vm: VirtualMachine): readonly string[] {
    const names: string[] = [];
    let folder = this.#folders.get(vm.folderId ?? '');
    while (folder?.parentId !== undefined && names.length < MAX_FOLDER_DEPTH) {
      names.unshift(folder.name);
      folder = this.#folders.get(folder.parentId);
    }
    return names;
  }

  #readAttributes(values: ObjectProperties['values']): void {
    for (const field of values.get('field')?.all('CustomFieldDef') ?? []) {
      const type = field.textOf('managedObjectType');
      const [name, key] = [field.textOf('name'), field.textOf('key')];
      if (name !== undefined && key !== undefined && (type === undefined || type === 'VirtualMachine')) {
        this.#attributes.set(name, key);
      }
    }
  }
}

function folderOf(values: ObjectProperties['values']): Folder {
  const parentId = values.get('parent')?.text;
  return { name: values.get('name')?.text ?? '', ...(parentId && { parentId }) };
}
