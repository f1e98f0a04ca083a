import type { ServerEvent } from '@remote-consoles/core';
import type { LifecycleEvent } from 'libvirt-ts';
import { serverEventKind } from '../domain/server-event.js';

/** Which domains of a host run, so that what happened while the host was out of sight can be told. */
export class ActiveDomains {
  #active = new Set<string>();
  /** Domains that changed while a list of all was being fetched: the list may be older than the change. */
  #changed: Set<string> | undefined;

  /** Takes an event in and gives what it means for consoles. */
  follow(event: LifecycleEvent): ServerEvent | undefined {
    this.#changed?.add(event.uuid);
    if (event.type === 'started' || event.type === 'resumed') this.#active.add(event.uuid);
    if (event.type === 'stopped') this.#active.delete(event.uuid);
    const kind = serverEventKind(event);
    // a running domain whose definition is removed goes on running
    if (kind === undefined || (kind === 'deleted' && this.#active.has(event.uuid))) return undefined;
    return { serverId: event.uuid, kind };
  }

  /** Fetches the domains that run now, and gives the events of those that have stopped unseen. */
  async refresh(list: () => Promise<readonly { readonly uuid: string }[]>): Promise<ServerEvent[]> {
    const changed = new Set<string>();
    this.#changed = changed;
    const listed = (await list()).map(({ uuid }) => uuid);
    this.#changed = undefined;
    const stillChanged = [...this.#active].filter((uuid) => changed.has(uuid));
    const now = new Set([...listed.filter((uuid) => !changed.has(uuid)), ...stillChanged]);
    const ended = [...this.#active].filter((uuid) => !now.has(uuid));
    this.#active = now;
    return ended.map((serverId) => ({ serverId, kind: 'stopped' }));
  }
}
