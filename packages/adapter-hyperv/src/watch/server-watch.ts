import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger, ServerEvent } from '@remote-consoles/core';
import type { HypervHost } from '../host/hyperv-host.js';
import type { Guid } from '../inventory/guid.js';
import type { ServerIdentity } from '../inventory/server-identity.js';
import { vmStateOf } from '../inventory/server-of-vm.js';
import { consoleEnd, type WatchedVm } from './console-end.js';

type Listener = (event: ServerEvent) => void;
type Snapshot = ReadonlyMap<Guid, WatchedVm>;

export interface ServerWatchOptions {
  readonly hypervisor: string;
  readonly hosts: readonly HypervHost[];
  readonly identity: ServerIdentity;
  readonly logger: Logger;
  /** ms between two looks at a host */
  readonly interval: number;
  /** ms for one look, and for asking where a VM has gone */
  readonly lookTimeout: number;
  readonly searchTimeout: number;
}

/**
 * Tells listeners what ends consoles. Looks at the VMs of each host again and again, but only while there are
 * listeners; a host that is down delays the news of no other.
 */
export class ServerWatch {
  readonly #options: ServerWatchOptions;
  readonly #listeners = new Set<Listener>();
  #stop: AbortController | undefined;
  /** Resolves when everything that was started before the last stop has ended. */
  #ended: Promise<unknown> = Promise.resolve();

  constructor(options: ServerWatchOptions) {
    this.#options = options;
  }

  /** @returns what takes the listener away */
  add(listener: Listener): () => void {
    // Its own function, so that the same listener may be added twice.
    const entry: Listener = (event) => listener(event);
    this.#listeners.add(entry);
    this.#start();
    return () => {
      this.#listeners.delete(entry);
      if (this.#listeners.size === 0) this.#stop?.abort();
    };
  }

  async close(): Promise<void> {
    this.#listeners.clear();
    this.#stop?.abort();
    await this.#ended;
  }

  #start(): void {
    if (this.#stop && !this.#stop.signal.aborted) return;
    const stop = new AbortController();
    // Every host listens to it.
    setMaxListeners(0, stop.signal);
    this.#stop = stop;
    const following = this.#options.hosts.map((host) => this.#follow(host, stop.signal));
    this.#ended = Promise.all([this.#ended, ...following]);
  }

  /** Looks at a host until it is stopped. */
  async #follow(host: HypervHost, stop: AbortSignal): Promise<void> {
    const { hypervisor, logger, interval } = this.#options;
    let before: Snapshot | undefined;
    let seen: boolean | undefined;
    while (!stop.aborted) {
      try {
        const after = await this.#look(host, stop);
        if (before) await this.#compare(host, before, after, stop);
        if (seen !== true)
          logger.debug({ hypervisor, host: host.name }, 'watching the VMs of a Hyper-V host');
        [before, seen] = [after, true];
      } catch (error) {
        if (stop.aborted) return;
        // What happens meanwhile is noticed when the host is back.
        if (seen !== false)
          logger.warn({ hypervisor, host: host.name, err: error }, 'watching a Hyper-V host was interrupted');
        seen = false;
      }
      await sleep(interval, undefined, { signal: stop, ref: false }).catch(() => undefined);
    }
  }

  async #look(host: HypervHost, stop: AbortSignal): Promise<Snapshot> {
    const vms = await host.listVms({ notes: false }, withTimeout(stop, this.#options.lookTimeout));
    const { identity } = this.#options;
    // A replica has no console until it is failed over to.
    const own = vms.filter(({ replica }) => !replica);
    return new Map(own.map((vm) => [vm.guid, { serverId: identity.idOf(vm), vmState: vmStateOf(vm) }]));
  }

  async #compare(host: HypervHost, before: Snapshot, after: Snapshot, stop: AbortSignal): Promise<void> {
    const gone: [Guid, WatchedVm][] = [];
    for (const [guid, vm] of before) {
      const now = after.get(guid);
      if (!now) gone.push([guid, vm]);
      const event = now && consoleEnd(vm, now);
      if (event) this.#tell(event);
    }
    await Promise.all(
      gone.map(async ([guid, { serverId }]) => {
        const moved = await this.#isElsewhere(guid, host, stop);
        if (!stop.aborted) this.#tell({ serverId, kind: moved ? 'migrated' : 'deleted' });
      }),
    );
  }

  /** Whether another host has the VM now, or might have it for all we know. */
  async #isElsewhere(guid: Guid, left: HypervHost, stop: AbortSignal): Promise<boolean> {
    const others = this.#options.hosts.filter((host) => host !== left);
    const asked = others.map((host) => host.hasVm(guid, withTimeout(stop, this.#options.searchTimeout)));
    const answers = await Promise.all(asked.map((answer) => answer.catch(() => true)));
    return answers.includes(true);
  }

  #tell(event: ServerEvent): void {
    for (const listener of this.#listeners) {
      try {
        listener(event);
      } catch (error) {
        // It must not keep the news from the others.
        const fields = { hypervisor: this.#options.hypervisor, serverId: event.serverId, err: error };
        this.#options.logger.error(fields, 'a listener to server events failed');
      }
    }
  }
}

const withTimeout = (stop: AbortSignal, ms: number): AbortSignal =>
  AbortSignal.any([stop, AbortSignal.timeout(ms)]);
