import type { AddressInfo } from 'node:net';
import type { Logger } from '@remote-consoles/core';
import type { Container } from 'inversify';
import type { AuditTrail } from './audit/audit-trail.js';
import { openAuditTrail } from './audit/open-audit-trail.js';
import { compose } from './composition/container.js';
import { Id } from './composition/identifiers.js';
import { gatewayUrl, publicUrl } from './config/console-offers.js';
import { type LoadedParts, loadParts } from './config/load-parts.js';
import type { ConfigFile } from './config/read-config.js';
import { rolesOf } from './config/role.js';
import { createHttp } from './http/create-http.js';
import { endConsolesOfStoppedServers } from './lifecycle/end-consoles.js';
import { Listeners } from './listen/listeners.js';
import type { Metrics } from './metrics/metrics.js';
import { createMetricsHttp } from './metrics/metrics-http.js';
import type { StateSources } from './metrics/state-metrics.js';
import { VERSION } from './version.js';

/** A server that accepts requests. */
export interface RunningServer {
  /** Where it listens, in the order of the configuration; the port that the system chose where that says 0. */
  readonly addresses: readonly AddressInfo[];
  /** What API clients call it, or browsers where it is a gateway only. */
  readonly url: string;
  readonly container: Container;
  /** Reads the files of all certificates again. A pair that cannot be used is logged, and the old one stays. */
  reloadCertificates(): Promise<void>;
  /** Writes audit records to a new file of the same name; the old one has been moved away. */
  reopenAudit(): void;
  /** Stops accepting, tells the viewers, gives them the configured time, then closes everything. Idempotent. */
  close(): Promise<void>;
}

export interface ServerOptions {
  /** Parts to use instead of those that the configuration names. */
  readonly parts?: Partial<LoadedParts>;
  /** Called with the metrics where the configuration asks for them. */
  readonly measured?: (metrics: Metrics) => void;
}

/**
 * Starts everything that a configuration describes.
 *
 * @throws ConfigError with every problem; ListenError where an address cannot be had
 */
export async function startServer(
  file: ConfigFile,
  logger: Logger,
  { parts: replaced, measured }: ServerOptions = {},
): Promise<RunningServer> {
  const { config } = file;
  const parts = { ...(await loadParts(file)), ...replaced };
  const audit = await openAuditTrail(file, logger);
  const metrics = config.metrics && (await createMetrics());
  const container = await compose(config, parts, logger, { audit, metrics });
  metrics?.watch(metricsSources(container, audit));
  if (metrics) measured?.(metrics);
  const running: Running = { file, container, audit, listeners: new Listeners(), scrapes: new Listeners() };
  const stopWatching = endConsolesOfStoppedServers(container);
  let closing: Promise<void> | undefined;
  const close = () => {
    stopWatching();
    closing ??= shutDown(running);
    return closing;
  };
  try {
    await openListeners(running, logger, metrics, () => closing !== undefined);
  } catch (error) {
    await close();
    throw error;
  }
  return {
    addresses: running.listeners.addresses,
    url: config.roles.includes('api') ? publicUrl(config) : gatewayUrl(config),
    container,
    reloadCertificates: () => running.listeners.reloadCertificates(),
    reopenAudit: () => audit.reopen(),
    close,
  };
}

/** What a server consists of. */
interface Running {
  readonly file: ConfigFile;
  readonly container: Container;
  readonly audit: AuditTrail;
  readonly listeners: Listeners;
  /** The one that metrics are read from. */
  readonly scrapes: Listeners;
}

async function openListeners(
  { file, container, listeners, scrapes }: Running,
  logger: Logger,
  metrics: Metrics | undefined,
  draining: () => boolean,
): Promise<void> {
  const { config, directory } = file;
  await listeners.open(config.listen, {
    directory,
    logger,
    createHttp: (listener, tls) => createHttp(container, { roles: rolesOf(config, listener), tls, draining }),
  });
  if (!metrics || !config.metrics) return;
  const createMetrics = () => createMetricsHttp(metrics, logger);
  const listener = { address: config.metrics.listen, path: ['metrics', 'listen'] };
  await scrapes.open([listener], { directory, logger, createHttp: createMetrics });
}

async function shutDown({ file, container, audit, listeners, scrapes }: Running): Promise<void> {
  const stopped = listeners.stop();
  if (container.isBound(Id.Gateway)) {
    await container.get(Id.Gateway).close(file.config.gateway.drainTimeout * 1000);
  }
  listeners.cutRequests();
  await stopped;
  await scrapes.stop();
  await closePorts(container);
  await audit.close();
}

/** Loaded where they are asked for only: nobody else waits for it. */
async function createMetrics(): Promise<Metrics> {
  return new (await import('./metrics/metrics.js')).Metrics();
}

function metricsSources(container: Container, audit: AuditTrail): StateSources {
  const fleet = container.get(Id.Fleet);
  return {
    gateway: container.isBound(Id.Gateway) ? container.get(Id.Gateway) : undefined,
    health: container.get(Id.Health),
    audit,
    hypervisorOf: (serverId) => fleet.ownerNameOf(serverId),
    version: VERSION,
  };
}

async function closePorts(container: Container): Promise<void> {
  const ports = [
    container.get(Id.Hypervisor),
    container.get(Id.TokenStore),
    ...(container.isBound(Id.Auth) ? [container.get(Id.Auth)] : []),
  ];
  await Promise.allSettled(ports.map((port) => port.close()));
}
