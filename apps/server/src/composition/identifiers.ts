import type {
  AuditSink,
  AuthPort,
  Clock,
  ClusterPort,
  ConsoleOffers,
  CreateRemoteConsole,
  Digest,
  HypervisorFleet,
  HypervisorPort,
  ListServers,
  ListSessions,
  Logger,
  Policy,
  Random,
  ReadConsoleOutput,
  RedeemConsoleToken,
  RevokeServerConsoles,
  ShowConnectInfo,
  ShowServer,
  ShowSession,
  TakeScreenshot,
  TerminateSession,
  TokenIssuer,
  TokenStore,
} from '@remote-consoles/core';
import type { Gateway } from '@remote-consoles/gateway';
import type { RateLimits } from '@remote-consoles/http-api';
import type { ViewerFile } from '@remote-consoles/viewer';
import type { ServiceIdentifier } from 'inversify';
import type { Config } from '../config/config-schema.js';
import type { HealthProbe } from '../health/health-probe.js';
import type { Metrics } from '../metrics/metrics.js';

const identifier = <T>(name: string): ServiceIdentifier<T> => Symbol.for(`remote-consoles/${name}`);

/** What the container holds. */
export const Id = {
  Config: identifier<Config>('Config'),
  Logger: identifier<Logger>('Logger'),
  Clock: identifier<Clock>('Clock'),
  Random: identifier<Random>('Random'),
  Digest: identifier<Digest>('Digest'),
  AuditSink: identifier<AuditSink>('AuditSink'),
  Policy: identifier<Policy>('Policy'),
  Pages: identifier<ReadonlyMap<string, ViewerFile>>('Pages'),
  Offers: identifier<ConsoleOffers>('Offers'),
  Hypervisor: identifier<HypervisorPort>('Hypervisor'),
  Fleet: identifier<HypervisorFleet>('Fleet'),
  Health: identifier<HealthProbe>('Health'),
  Metrics: identifier<Metrics>('Metrics'),
  TokenStore: identifier<TokenStore>('TokenStore'),
  Cluster: identifier<ClusterPort>('Cluster'),
  TokenIssuer: identifier<TokenIssuer>('TokenIssuer'),
  Auth: identifier<AuthPort>('Auth'),
  CreateRemoteConsole: identifier<CreateRemoteConsole>('CreateRemoteConsole'),
  RedeemConsoleToken: identifier<RedeemConsoleToken>('RedeemConsoleToken'),
  RevokeServerConsoles: identifier<RevokeServerConsoles>('RevokeServerConsoles'),
  ShowConnectInfo: identifier<ShowConnectInfo>('ShowConnectInfo'),
  ReadConsoleOutput: identifier<ReadConsoleOutput>('ReadConsoleOutput'),
  TakeScreenshot: identifier<TakeScreenshot>('TakeScreenshot'),
  ListServers: identifier<ListServers>('ListServers'),
  ShowServer: identifier<ShowServer>('ShowServer'),
  ListSessions: identifier<ListSessions>('ListSessions'),
  ShowSession: identifier<ShowSession>('ShowSession'),
  TerminateSession: identifier<TerminateSession>('TerminateSession'),
  ApiRateLimits: identifier<RateLimits>('ApiRateLimits'),
  Gateway: identifier<Gateway>('Gateway'),
} as const;
