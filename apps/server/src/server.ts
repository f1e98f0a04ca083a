import type { Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Logger } from '@remote-consoles/core';
import type { Container } from 'inversify';
import { compose } from './composition/container.js';
import { Id } from './composition/identifiers.js';
import { publicUrl } from './config/console-offers.js';
import { loadParts } from './config/load-parts.js';
import type { ConfigFile } from './config/read-config.js';
import { createHttp } from './http/create-http.js';
import { endConsolesOfStoppedServers } from './lifecycle/end-consoles.js';

/** A server that accepts requests. */
export interface RunningServer {
  /** Where it listens; the port that the system chose where the configuration says 0. */
  readonly address: AddressInfo;
  /** What browsers and API clients call it. */
  readonly url: string;
  readonly container: Container;
  /** Stops accepting, tells the viewers, gives them the configured time, then closes everything. Idempotent. */
  close(): Promise<void>;
}

/**
 * Starts everything that a configuration describes.
 *
 * @throws ConfigError with every problem; Error where the address is taken
 */
export async function startServer(file: ConfigFile, logger: Logger): Promise<RunningServer> {
  const { config } = file;
  const container = await compose(config, await loadParts(file), logger);
  let closing: Promise<void> | undefined;
  const http = createHttp(container, { draining: () => closing !== undefined });
  const stopWatching = endConsolesOfStoppedServers(container);
  const shutDown = async () => {
    stopWatching();
    const closed = closeHttp(http);
    await container.get(Id.Gateway).close(config.gateway.drainTimeout * 1000);
    http.closeAllConnections();
    await closed;
    await closePorts(container);
  };
  const close = () => {
    closing ??= shutDown();
    return closing;
  };
  try {
    await listen(http, config.listen);
  } catch (error) {
    await close();
    throw error;
  }
  return { address: http.address() as AddressInfo, url: publicUrl(config), container, close };
}

function listen(http: HttpServer, { host, port }: { host: string; port: number }): Promise<void> {
  return new Promise((resolve, reject) => {
    http.once('error', reject);
    http.listen({ host, port }, () => {
      http.off('error', reject);
      resolve();
    });
  });
}

function closeHttp(http: HttpServer): Promise<void> {
  return new Promise((resolve) => http.close(() => resolve()));
}

async function closePorts(container: Container): Promise<void> {
  const ports = [container.get(Id.Hypervisor), container.get(Id.TokenStore), container.get(Id.Auth)];
  await Promise.allSettled(ports.map((port) => port.close()));
}
