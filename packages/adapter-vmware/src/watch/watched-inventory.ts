import type { ServerEvent } from '@remote-consoles/core';
import type { XmlElement } from '@remote-consoles/soap-xml';
import { parseVirtualMachine } from '../inventory/virtual-machine.js';
import type { ObjectUpdate } from '../vim/update-set.js';
import { serverChange, type WatchedServer, watchedServer } from './server-changes.js';

interface WatchedVm {
  readonly values: Map<string, XmlElement>;
  readonly server: WatchedServer | undefined;
}

/**
 * Follows the state of all VMs over any number of subscriptions. What happened between two of them is noticed when the
 * second has told the whole present state.
 */
export class WatchedInventory {
  readonly #vms = new Map<string, WatchedVm>();
  #untold: Set<string> | undefined;

  /** A new subscription begins: until `settle` the updates tell the present state. */
  begin(): void {
    this.#untold = new Set(this.#vms.keys());
  }

  /** The subscription has told its present state; what it did not tell of is gone. */
  settle(): readonly ServerEvent[] {
    const gone = [...(this.#untold ?? [])];
    this.#untold = undefined;
    return gone.flatMap((id) => this.#forget(id));
  }

  apply(update: ObjectUpdate): readonly ServerEvent[] {
    const { id } = update.object;
    if (update.kind === 'gone') return this.#forget(id);
    // The first word of a subscription on a VM is all of its properties.
    const first = this.#untold?.delete(id) ?? false;
    const known = this.#vms.get(id);
    const values = first ? new Map<string, XmlElement>() : (known?.values ?? new Map<string, XmlElement>());
    for (const [name, value] of update.changes) {
      if (value) values.set(name, value);
      else values.delete(name);
    }
    const server = watchedServer(parseVirtualMachine(values));
    this.#vms.set(id, { values, server });
    return listOf(serverChange(known?.server, server));
  }

  #forget(id: string): readonly ServerEvent[] {
    const server = this.#vms.get(id)?.server;
    this.#vms.delete(id);
    this.#untold?.delete(id);
    return listOf(serverChange(server, undefined));
  }
}

function listOf(event: ServerEvent | undefined): readonly ServerEvent[] {
  return event ? [event] : [];
}
