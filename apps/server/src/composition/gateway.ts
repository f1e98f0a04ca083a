import { createGateway } from '@remote-consoles/gateway';
import type { Container } from 'inversify';
import type { Config } from '../config/config-schema.js';
import { addressFilter } from '../config/proxy-address.js';
import { Id } from './identifiers.js';

/** ms */
const SECOND = 1000;

export function bindGateway(container: Container): void {
  container.bind(Id.Gateway).toResolvedValue(
    (config, redeem, hypervisor, offers, audit, clock, random, logger) =>
      createGateway({
        redeem,
        streams: hypervisor.streams,
        baseUrls: offers.types.map((type) => offers.get(type).baseUrl),
        audit,
        clock,
        random,
        logger,
        ...gatewaySettings(config),
      }),
    [
      Id.Config,
      Id.RedeemConsoleToken,
      Id.Hypervisor,
      Id.Offers,
      Id.AuditSink,
      Id.Clock,
      Id.Random,
      Id.Logger,
    ],
  );
}

function gatewaySettings({ gateway, trustedProxies }: Config) {
  return {
    allowedOrigins: gateway.allowedOrigins,
    trustsProxy: addressFilter(trustedProxies),
    endWithToken: gateway.enforceSessionTimeout,
    limits: {
      sessions: gateway.maxSessions,
      sessionsPerServer: gateway.maxSessionsPerServer,
      sessionsPerUser: gateway.maxSessionsPerUser,
    },
    timeouts: {
      connect: gateway.connectTimeout * SECOND,
      handshake: gateway.handshakeTimeout * SECOND,
      idle: gateway.idleTimeout * SECOND,
    },
  };
}
