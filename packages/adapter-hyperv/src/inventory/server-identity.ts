import { type Guid, parseGuid } from './guid.js';
import type { NameTemplate } from './name-template.js';
import type { VirtualMachine } from './virtual-machine.js';

/** Which VM is which server. The first rule that knows an id decides; the GUID is the last. */
export class ServerIdentity {
  readonly #template: NameTemplate | undefined;
  /** Whether notes name the server: they must be read to know a VM's id. */
  readonly byNotes: boolean;

  constructor(rules: { readonly nameTemplate: NameTemplate | undefined; readonly novaNotes: boolean }) {
    this.#template = rules.nameTemplate;
    this.byNotes = rules.novaNotes;
  }

  idOf(vm: VirtualMachine): string {
    const noted = this.byNotes ? novaId(vm.notes) : undefined;
    return noted ?? this.#template?.idOf(vm.name) ?? vm.guid.toLowerCase();
  }

  /** The name that the VM with this id must have, if it has the id by its name. */
  nameOf(id: string): string | undefined {
    return this.#template?.nameOf(id);
  }
}

/** Nova's driver wrote the server's id, and nothing else, into the notes. */
export function novaId(notes: readonly string[]): string | undefined {
  const ids = notes.flatMap((line) => parseGuid(line.trim())?.toLowerCase() ?? []);
  return ids.length === 1 ? ids[0] : undefined;
}

/** Which VM has which id by its notes. An id that two VMs claim is nobody's. */
export function idsInNotes(notes: ReadonlyMap<Guid, readonly string[]>): ReadonlyMap<string, Guid> {
  const ids = new Map<string, Guid>();
  const claimed = new Set<string>();
  for (const [guid, lines] of notes) {
    const id = novaId(lines);
    if (id === undefined) continue;
    if (claimed.has(id)) ids.delete(id);
    else ids.set(id, guid);
    claimed.add(id);
  }
  return ids;
}
