import { Lanes } from '../lanes/lanes.js';
import type { Backend, Pointer } from '../native/native-library.js';
import type { EventListener } from './isolation.js';

/**
 * The libvirt threads of this process, started for the first connection and ended after the last. All
 * connections share them because libvirt has one event loop for each process.
 */
export interface SharedLanes {
  readonly lanes: Lanes;
  /** Who hears of each connection's events. */
  readonly listeners: Map<Pointer, EventListener>;
}

let current: Promise<SharedLanes> | undefined;
let users = 0;
let ended: Promise<unknown> = Promise.resolve();

/** Joins the threads, or starts them. Every success must be followed by one {@link leaveSharedLanes}. */
export async function joinSharedLanes(backend: Backend | undefined): Promise<SharedLanes> {
  users++;
  current ??= start(backend);
  try {
    const shared = await current;
    if (backend !== undefined && backend !== shared.lanes.backend) {
      throw new Error(`this process uses libvirt through ${shared.lanes.backend} already, not ${backend}`);
    }
    return shared;
  } catch (error) {
    await leaveSharedLanes();
    throw error;
  }
}

/** Ends the threads when nobody is left. */
export async function leaveSharedLanes(): Promise<void> {
  users--;
  if (users > 0) return;
  ended = current?.then(({ lanes }) => lanes.stop()).catch(() => {}) ?? ended;
  current = undefined;
  await ended;
}

async function start(backend: Backend | undefined): Promise<SharedLanes> {
  await ended; // two threads must not run libvirt's one event loop
  const listeners = new Map<Pointer, EventListener>();
  const lanes = await Lanes.start(backend, {
    onEvent: (connection, event) => listeners.get(connection)?.(event),
    onStuck: (reason) => {
      for (const listener of [...listeners.values()]) listener({ type: 'lost', reason });
    },
  });
  return { lanes, listeners };
}
