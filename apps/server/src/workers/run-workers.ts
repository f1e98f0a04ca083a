import cluster from 'node:cluster';
import type { LoadedParts } from '../config/load-parts.js';
import type { ConfigFile } from '../config/read-config.js';
import { runServer } from '../run-server.js';
import { runPrimary } from './primary.js';
import type { LinkMessage } from './process-link.js';
import { SHARED_STATE } from './worker-functions.js';
import { createWorkerTokenStore } from './worker-token-store.js';

/** Runs a server as so many processes as the configuration says: as their primary, or in a worker as one of them. */
export async function runWorkers(file: ConfigFile): Promise<void> {
  if (cluster.isPrimary) await runPrimary(file);
  else await runWorker(file);
}

async function runWorker(file: ConfigFile): Promise<void> {
  try {
    await runServer(file, process.env[SHARED_STATE] === undefined ? {} : { parts: sharedParts() });
    process.send?.('ready');
  } finally {
    // What keeps a worker going is its listeners; with the last of them and the last session it ends.
    process.channel?.unref();
  }
}

function sharedParts(): Partial<LoadedParts> {
  const tokens = createWorkerTokenStore({ send: (message) => void process.send?.(message) });
  process.on('message', (message) => tokens.receive(message as LinkMessage));
  return { tokenStore: async () => tokens };
}
