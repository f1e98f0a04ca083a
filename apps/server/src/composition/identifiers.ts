import type {
  AuditSink,
  AuthPort,
  Clock,
  ConsoleOffers,
  CreateRemoteConsole,
  Digest,
  HypervisorPort,
  ListServers,
  Logger,
  Policy,
  Random,
  ReadConsoleOutput,
  RedeemConsoleToken,
  RevokeServerConsoles,
  ShowConnectInfo,
  ShowServer,
  TakeScreenshot,
  TokenIssuer,
  TokenStore,
} from '@remote-consoles/core';
import type { Gateway } from '@remote-consoles/gateway';
import type { ServiceIdentifier } from 'inversify';
import type { Config } from '../config/config-schema.js';

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
  Offers: identifier<ConsoleOffers>('Offers'),
  Hypervisor: identifier<HypervisorPort>('Hypervisor'),
  TokenStore: identifier<TokenStore>('TokenStore'),
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
  Gateway: identifier<Gateway>('Gateway'),
} as const;
