import { parentPort, workerData } from 'node:worker_threads';
import type { Endpoint } from './endpoint.js';
import { Viewer } from './viewer.js';

const { endpoint, count } = workerData as { endpoint: Endpoint; count: number };
const viewers = await Viewer.openAll(endpoint, count, count);
parentPort?.postMessage('open');
parentPort?.once('message', () => {
  for (const viewer of viewers) viewer.destroy();
  parentPort?.close();
});
