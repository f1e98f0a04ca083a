import 'reflect-metadata';
import {
  type AuditSink,
  type AuthPort,
  CreateRemoteConsole,
  HypervisorFleet,
  type HypervisorPort,
  ListServers,
  ListSessions,
  LocalCluster,
  type Logger,
  ReadConsoleOutput,
  RedeemConsoleToken,
  RevokeServerConsoles,
  ShowConnectInfo,
  ShowServer,
  ShowSession,
  TakeScreenshot,
  TerminateSession,
  TokenIssuer,
  type TokenStore,
} from '@remote-consoles/core';
import { Container } from '#inversify';
import type { Config } from '../config/config-schema.js';
import { consoleOffers } from '../config/console-offers.js';
import type { LoadedAdapters } from '../config/load-adapters.js';
import type { LoadedParts } from '../config/load-parts.js';
import { HealthProbe } from '../health/health-probe.js';
import type { Metrics } from '../metrics/metrics.js';
import { apiRateLimits } from './api-rate-limits.js';
import { bindGateway } from './gateway.js';
import { Id } from './identifiers.js';
import { cryptoDigest, cryptoRandom, systemClock } from './node-ports.js';

/** Who is told of what happens. */
export interface Observers {
  readonly audit: AuditSink;
  readonly metrics: Metrics | undefined;
}

/**
 * Starts the adapters and wires everything that the app consists of. `Id.Auth` is bound where this process serves the
 * API, `Id.Gateway` where it is a gateway, `Id.Metrics` where they are asked for.
 */
export async function compose(
  config: Config,
  parts: LoadedParts,
  logger: Logger,
  { audit, metrics }: Observers,
): Promise<Container> {
  const ports = await startAdapters(parts, logger);
  const auth = ports.auth && metrics ? metrics.auth.counted(ports.auth) : ports.auth;
  const container = new Container({ defaultScope: 'Singleton' });
  container.bind(Id.Config).toConstantValue(config);
  container.bind(Id.Logger).toConstantValue(logger);
  container.bind(Id.Clock).toConstantValue(systemClock);
  container.bind(Id.Random).toConstantValue(cryptoRandom);
  container.bind(Id.Digest).toConstantValue(cryptoDigest);
  container.bind(Id.AuditSink).toConstantValue(metrics ? toEach(audit, metrics.consoles) : audit);
  if (metrics) container.bind(Id.Metrics).toConstantValue(metrics);
  container.bind(Id.Policy).toConstantValue(parts.policy);
  container.bind(Id.Pages).toConstantValue(parts.pages);
  container.bind(Id.Offers).toConstantValue(consoleOffers(config));
  container.bind(Id.Hypervisor).toConstantValue(ports.fleet);
  container.bind(Id.Fleet).toConstantValue(ports.fleet);
  container.bind(Id.TokenStore).toConstantValue(ports.tokens);
  container.bind(Id.Cluster).toConstantValue(ports.tokens.cluster ?? new LocalCluster());
  if (auth) container.bind(Id.Auth).toConstantValue(auth);
  const { members: hypervisors, tokens } = ports;
  container.bind(Id.Health).toConstantValue(new HealthProbe({ hypervisors, tokens, auth, logger }));
  bindUseCases(container);
  container.bind(Id.ApiRateLimits).toResolvedValue(apiRateLimits, [Id.Config, Id.AuditSink, Id.Clock]);
  if (config.roles.includes('gateway')) bindGateway(container);
  return container;
}

function toEach(...sinks: AuditSink[]): AuditSink {
  return {
    record: (event) => {
      for (const sink of sinks) sink.record(event);
    },
  };
}

interface StartedPorts {
  readonly members: readonly HypervisorPort[];
  readonly fleet: HypervisorFleet;
  readonly tokens: TokenStore;
  readonly auth: AuthPort | undefined;
}

async function startAdapters(adapters: LoadedAdapters, logger: Logger): Promise<StartedPorts> {
  const context = { logger, clock: systemClock, random: cryptoRandom, digest: cryptoDigest };
  const started: { close(): Promise<void> }[] = [];
  const keep = <Port extends { close(): Promise<void> }>(port: Port): Port => {
    started.push(port);
    return port;
  };
  try {
    const members: HypervisorPort[] = [];
    for (const create of adapters.hypervisors) members.push(keep(await create(context)));
    const tokens = keep(await adapters.tokenStore(context));
    const auth = adapters.auth && keep(await adapters.auth(context));
    return { members, fleet: new HypervisorFleet(members), tokens, auth };
  } catch (error) {
    await Promise.allSettled(started.map((port) => port.close()));
    throw error;
  }
}

function bindUseCases(container: Container): void {
  container
    .bind(Id.TokenIssuer)
    .toResolvedValue(
      (random, digest, clock, config) => new TokenIssuer({ random, digest, clock }, config.tokens),
      [Id.Random, Id.Digest, Id.Clock, Id.Config],
    );
  container
    .bind(Id.CreateRemoteConsole)
    .toResolvedValue(
      (hypervisor, tokens, issuer, offers, policy, audit, clock) =>
        new CreateRemoteConsole({ hypervisor, tokens, issuer, offers, policy, audit, clock }),
      [Id.Hypervisor, Id.TokenStore, Id.TokenIssuer, Id.Offers, Id.Policy, Id.AuditSink, Id.Clock],
    );
  container
    .bind(Id.RedeemConsoleToken)
    .toResolvedValue(
      (hypervisor, tokens, issuer, random, digest, audit, clock) =>
        new RedeemConsoleToken({ hypervisor, tokens, issuer, random, digest, audit, clock }),
      [Id.Hypervisor, Id.TokenStore, Id.TokenIssuer, Id.Random, Id.Digest, Id.AuditSink, Id.Clock],
    );
  container
    .bind(Id.RevokeServerConsoles)
    .toResolvedValue(
      (tokens, { messages }, audit, clock) => new RevokeServerConsoles({ tokens, messages, audit, clock }),
      [Id.TokenStore, Id.Cluster, Id.AuditSink, Id.Clock],
    );
  container
    .bind(Id.ShowConnectInfo)
    .toResolvedValue(
      (tokens, issuer, policy, audit, clock) => new ShowConnectInfo({ tokens, issuer, policy, audit, clock }),
      [Id.TokenStore, Id.TokenIssuer, Id.Policy, Id.AuditSink, Id.Clock],
    );
  container
    .bind(Id.ReadConsoleOutput)
    .toResolvedValue(
      (hypervisor, policy, audit, clock) => new ReadConsoleOutput({ hypervisor, policy, audit, clock }),
      [Id.Hypervisor, Id.Policy, Id.AuditSink, Id.Clock],
    );
  container
    .bind(Id.TakeScreenshot)
    .toResolvedValue(
      (hypervisor, policy, audit, clock) => new TakeScreenshot({ hypervisor, policy, audit, clock }),
      [Id.Hypervisor, Id.Policy, Id.AuditSink, Id.Clock],
    );
  container
    .bind(Id.ListServers)
    .toResolvedValue(
      (hypervisor, policy) => new ListServers({ hypervisor, policy }),
      [Id.Hypervisor, Id.Policy],
    );
  container
    .bind(Id.ShowServer)
    .toResolvedValue(
      (hypervisor, policy) => new ShowServer({ hypervisor, policy }),
      [Id.Hypervisor, Id.Policy],
    );
  container
    .bind(Id.ListSessions)
    .toResolvedValue(
      ({ sessions }, policy) => new ListSessions({ sessions, policy }),
      [Id.Cluster, Id.Policy],
    );
  container
    .bind(Id.ShowSession)
    .toResolvedValue(
      ({ sessions }, policy) => new ShowSession({ sessions, policy }),
      [Id.Cluster, Id.Policy],
    );
  container
    .bind(Id.TerminateSession)
    .toResolvedValue(
      (cluster, policy, audit, clock) => new TerminateSession({ cluster, policy, audit, clock }),
      [Id.Cluster, Id.Policy, Id.AuditSink, Id.Clock],
    );
}
