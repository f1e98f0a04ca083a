import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Logger } from '@remote-consoles/core';
import type { Metrics } from './metrics.js';

const LIMITS = {
  /** ms that a scraper has for its request */
  requestTimeout: 5_000,
  headersTimeout: 5_000,
  connectionsCheckingInterval: 1_000,
};

/** The server of the metrics' own listener: what it says is for whoever runs the gateway, never for those who use it. */
export function createMetricsHttp(metrics: Metrics, logger: Logger): Server {
  return createServer(LIMITS, (request, response) => {
    if (isScrape(request)) void answer(response, metrics, logger);
    else response.writeHead(404, { 'Content-Type': 'text/plain' }).end('The metrics are at /metrics.\n');
  });
}

function isScrape({ method, url }: IncomingMessage): boolean {
  return url?.split('?', 1)[0] === '/metrics' && (method === 'GET' || method === 'HEAD');
}

async function answer(response: ServerResponse, metrics: Metrics, logger: Logger): Promise<void> {
  try {
    const text = await metrics.render();
    response.writeHead(200, { 'Content-Type': metrics.contentType, 'Cache-Control': 'no-store' }).end(text);
  } catch (error) {
    logger.error({ err: error }, 'the metrics cannot be read');
    response.writeHead(500).end();
  }
}
