import cluster, { type Worker } from 'node:cluster';
import { type Logger, type TokenStore, tokenStoreUnavailable } from '@remote-consoles/core';
import { cryptoDigest, cryptoRandom, systemClock } from '../composition/node-ports.js';
import { loadParts } from '../config/load-parts.js';
import type { ConfigFile } from '../config/read-config.js';
import { createLogger } from '../log/logger.js';
import { type LinkMessage, ProcessLink } from './process-link.js';
import { SharedState } from './shared-state.js';
import { SHARED_STATE, WORKER_DEADLINE, type WorkerLink } from './worker-functions.js';
import { WorkerMetrics } from './worker-metrics.js';
import { WorkerPool } from './worker-pool.js';

/**
 * Starts the workers, replaces those that die, and passes signals on: SIGTERM and SIGINT drain all of them and then end
 * this process; a second one ends everything at once. SIGHUP goes to each.
 *
 * @throws ConfigError with every problem
 */
export async function runPrimary(file: ConfigFile): Promise<void> {
  const { workers, log, gateway } = file.config;
  const logger = createLogger(log.level);
  const store = await sharedStore(file, logger);
  const shared = store && new SharedState(store);
  const metrics = new WorkerMetrics();
  // The kernel would give most connections to few workers: it wakes who waits, not who has least to do.
  cluster.schedulingPolicy = cluster.SCHED_RR;
  // JSON knows neither undefined nor infinite limits.
  cluster.setupPrimary({ serialization: 'advanced' });
  const pool = new WorkerPool({
    fork: () => fork(metrics, shared),
    size: workers,
    logger,
    // A worker ends its sessions itself when its own time is over.
    patience: (gateway.drainTimeout + 10) * 1000,
  });
  const stop = (signal: NodeJS.Signals) => {
    for (const name of ['SIGTERM', 'SIGINT'] as const) {
      process.off(name, stop).on(name, () => {
        pool.kill();
        process.exit(1);
      });
    }
    logger.info({ signal }, 'draining all workers');
    void pool.stop().then(async () => {
      await store?.close();
      logger.info({}, 'all workers stopped');
      process.exit();
    });
  };
  process.on('SIGTERM', stop).on('SIGINT', stop);
  if (!process.stdout.isTTY) process.on('SIGHUP', () => pool.signal('SIGHUP'));
  const failure = await pool.start();
  if (failure === undefined) logger.info({ workers }, 'all workers ready');
  else process.exit(failure);
}

/** The tokens of a store that knows one process alone; undefined where each worker can have its own way to them. */
async function sharedStore(file: ConfigFile, logger: Logger): Promise<TokenStore | undefined> {
  const { tokenStore } = await loadParts(file);
  const context = { logger, clock: systemClock, random: cryptoRandom, digest: cryptoDigest };
  const store = await tokenStore(context);
  if (store.cluster === undefined) return store;
  await store.close();
  return undefined;
}

function fork(metrics: WorkerMetrics, shared: SharedState | undefined): Worker {
  const worker = cluster.fork(shared && { [SHARED_STATE]: '1' });
  const link: WorkerLink = new ProcessLink(
    { send: (message) => void (worker.isConnected() && worker.send(message)) },
    WORKER_DEADLINE,
    tokenStoreUnavailable,
  );
  link.serve(metrics.join(link));
  if (shared) link.serve(shared.join(link));
  worker.on('message', (message: unknown) => {
    if (typeof message === 'object') link.receive(message as LinkMessage);
  });
  worker.once('exit', () => {
    link.close();
    void metrics.leave(link);
    void shared?.leave(link);
  });
  return worker;
}
