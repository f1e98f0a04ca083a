import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger, ServerEvent } from '@remote-consoles/core';
import { stateFilter } from '../inventory/inventory-filter.js';
import type { ManagedObject } from '../vim/managed-object.js';
import type { VimClient } from '../vim/vim-client.js';
import type { VimSession } from '../vim/vim-session.js';
import { WatchedInventory } from './watched-inventory.js';

/** s that the server may take to say that nothing has changed. */
const LONGEST_WAIT = 30;
/** ms between attempts to subscribe again: the first, and the longest. */
const FIRST_PAUSE = 1_000;
const LONGEST_PAUSE = 60_000;
/** ms for taking a subscription back; what is left of it ends with the session. */
const FAREWELL = 2_000;

type Listener = (event: ServerEvent) => void;

interface Following {
  readonly inventory: WatchedInventory;
  readonly stop: AbortSignal;
  /** The subscription has told the present state. */
  readonly settled: () => void;
}

/** Tells listeners what ends consoles. Asks the server only while there are listeners. */
export class ServerWatch {
  readonly #name: string;
  readonly #session: VimSession;
  readonly #logger: Logger;
  readonly #listeners = new Set<Listener>();
  #stop: AbortController | undefined;
  /** Resolves when everything that was started before the last stop has ended. */
  #ended: Promise<void> = Promise.resolve();

  /** @param deps.name the configured name of the hypervisor, for the log */
  constructor(deps: { readonly name: string; readonly session: VimSession; readonly logger: Logger }) {
    this.#name = deps.name;
    this.#session = deps.session;
    this.#logger = deps.logger;
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
    this.#stop = new AbortController();
    const following = this.#follow(this.#stop.signal);
    this.#ended = this.#ended.then(() => following);
  }

  /** Subscribes again and again until it is stopped. */
  async #follow(stop: AbortSignal): Promise<void> {
    const inventory = new WatchedInventory();
    let pause = FIRST_PAUSE;
    const settled = () => {
      this.#tell(inventory.settle());
      this.#logger.debug({ hypervisor: this.#name }, 'watching the servers of vSphere');
      pause = FIRST_PAUSE;
    };
    while (!stop.aborted) {
      try {
        await this.#session.run((client) => this.#subscribe(client, { inventory, stop, settled }), stop);
      } catch (error) {
        if (stop.aborted) return;
        this.#logger.warn(
          { hypervisor: this.#name, err: error, retryAfter: pause },
          'watching the servers of vSphere was interrupted',
        );
        await sleep(pause, undefined, { signal: stop, ref: false }).catch(() => undefined);
        pause = Math.min(pause * 2, LONGEST_PAUSE);
      }
    }
  }

  async #subscribe(client: VimClient, following: Following): Promise<void> {
    const { stop } = following;
    const view = await client.createVmView(stop);
    const collector = await client.createCollector(stop);
    try {
      await client.createFilter(collector, stateFilter(view), stop);
      await this.#receive(client, collector, following);
    } finally {
      const farewell = AbortSignal.timeout(FAREWELL);
      await Promise.allSettled([
        client.destroyCollector(collector, farewell),
        client.destroyView(view, farewell),
      ]);
    }
  }

  async #receive(client: VimClient, collector: ManagedObject, following: Following): Promise<void> {
    const { inventory, stop, settled } = following;
    inventory.begin();
    let version = '';
    let present = true;
    while (!stop.aborted) {
      const set = await client.waitForUpdates(collector, version, LONGEST_WAIT, stop);
      for (const update of set?.updates ?? []) this.#tell(inventory.apply(update));
      version = set?.version ?? version;
      if (present && set?.truncated !== true) {
        present = false;
        settled();
      }
    }
  }

  #tell(events: readonly ServerEvent[]): void {
    for (const event of events) {
      for (const listener of this.#listeners) this.#call(listener, event);
    }
  }

  /** A listener that fails must not keep the news from the others. */
  #call(listener: Listener, event: ServerEvent): void {
    try {
      listener(event);
    } catch (error) {
      const fields = { hypervisor: this.#name, serverId: event.serverId, err: error };
      this.#logger.error(fields, 'a listener to server events failed');
    }
  }
}
