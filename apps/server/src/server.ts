import type { AddressInfo } from 'node:net';
import type { Logger } from '@remote-consoles/core';
import type { Container } from 'inversify';
import type { AuditTrail } from './audit/audit-trail.js';
import { openAuditTrail } from './audit/open-audit-trail.js';
import { compose } from './composition/container.js';
import { Id } from './composition/identifiers.js';
import { gatewayUrl, publicUrl } from './config/console-offers.js';
import type { ListenAddress } from './config/listen-address.js';
import { type LoadedParts, loadParts } from './config/load-parts.js';
import type { ConfigFile } from './config/read-config.js';
import { rolesOf } from './config/role.js';
import { createHttp } from './http/create-http.js';
import { endConsolesOfStoppedServers } from './lifecycle/end-consoles.js';
import { type ListenerSettings, type OpenListener, openListener } from './listen/open-listener.js';
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
  const listeners: OpenListener[] = [];
  let metricsListener: OpenListener | undefined;
  let closing: Promise<void> | undefined;
  const stopWatching = endConsolesOfStoppedServers(container);
  const shutDown = async () => {
    stopWatching();
    const stopped = Promise.all(listeners.map((listener) => listener.stop()));
    if (container.isBound(Id.Gateway)) {
      await container.get(Id.Gateway).close(config.gateway.drainTimeout * 1000);
    }
    for (const listener of listeners) listener.cutRequests();
    await stopped;
    await metricsListener?.stop();
    await closePorts(container);
    await audit.close();
  };
  const close = () => {
    closing ??= shutDown();
    return closing;
  };
  const settings: ListenerSettings = {
    directory: file.directory,
    logger,
    createHttp: (listener, tls) => {
      const roles = rolesOf(config, listener);
      return createHttp(container, { roles, tls, draining: () => closing !== undefined });
    },
  };
  try {
    for (const listener of config.listen) listeners.push(await openListener(listener, settings));
    if (metrics && config.metrics)
      metricsListener = await listenForScrapes(config.metrics.listen, metrics, settings);
  } catch (error) {
    await close();
    throw error;
  }
  return {
    addresses: listeners.map(({ address }) => address),
    url: config.roles.includes('api') ? publicUrl(config) : gatewayUrl(config),
    container,
    reloadCertificates: async () => {
      await Promise.all(listeners.map((listener) => listener.reloadCertificate()));
    },
    reopenAudit: () => audit.reopen(),
    close,
  };
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

function listenForScrapes(
  address: ListenAddress,
  metrics: Metrics,
  settings: ListenerSettings,
): Promise<OpenListener> {
  const listener = { address, path: ['metrics', 'listen'] };
  return openListener(listener, {
    ...settings,
    createHttp: () => createMetricsHttp(metrics, settings.logger),
  });
}

async function closePorts(container: Container): Promise<void> {
  const ports = [
    container.get(Id.Hypervisor),
    container.get(Id.TokenStore),
    ...(container.isBound(Id.Auth) ? [container.get(Id.Auth)] : []),
  ];
  await Promise.allSettled(ports.map((port) => port.close()));
}
