import cluster from 'node:cluster';
import { tokenStoreUnavailable } from '@remote-consoles/core';
import type { ConfigFile } from '../config/read-config.js';
import { runServer } from '../run-server.js';
import { runPrimary } from './primary.js';
import { type LinkMessage, ProcessLink } from './process-link.js';
import {
  PRIMARY_DEADLINE,
  type PrimaryFunctions,
  SHARED_STATE,
  type SharedStateFunctions,
} from './worker-functions.js';
import { createWorkerTokenStore } from './worker-token-store.js';

/** Runs a server as so many processes as the configuration says: as their primary, or in a worker as one of them. */
export async function runWorkers(file: ConfigFile): Promise<void> {
  if (cluster.isPrimary) await runPrimary(file);
  else await runWorker(file);
}

async function runWorker(file: ConfigFile): Promise<void> {
  const primary = new ProcessLink<PrimaryFunctions & SharedStateFunctions>(
    { send: (message) => void process.send?.(message) },
    PRIMARY_DEADLINE,
    tokenStoreUnavailable,
  );
  process.on('message', (message) => primary.receive(message as LinkMessage));
  const tokens = process.env[SHARED_STATE] === undefined ? undefined : createWorkerTokenStore(primary);
  primary.serve({ metrics: async () => [] });
  try {
    await runServer(file, {
      ...(tokens && { parts: { tokenStore: async () => tokens } }),
      measured: (metrics) => {
        primary.serve({ metrics: () => metrics.values() });
        metrics.add(() => primary.call('otherMetrics'));
      },
    });
    process.send?.('ready');
  } finally {
    // What keeps a worker going is its listeners; with the last of them and the last session it ends.
    process.channel?.unref();
  }
}
