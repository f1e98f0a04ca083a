import { createGateway } from '@remote-consoles/gateway';
import type { Container } from 'inversify';
import type { Config } from '../config/config-schema.js';
import { addressFilter } from '../config/proxy-address.js';
import { processRateLimiter } from '../rate-limit/process-rate-limiter.js';
import { Id } from './identifiers.js';

/** ms */
const SECOND = 1000;

export function bindGateway(container: Container): void {
  container.bind(Id.Gateway).toResolvedValue(
    (config, redeem, hypervisor, cluster, offers, audit, clock, random, logger) =>
      createGateway({
        redeem,
        streams: hypervisor.streams,
        cluster,
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
      Id.Cluster,
      Id.Offers,
      Id.AuditSink,
      Id.Clock,
      Id.Random,
      Id.Logger,
    ],
  );
}

function gatewaySettings({ gateway, limits, trustedProxies }: Config) {
  const { maxSessionsPerProject, maxSessionsPerToken } = gateway;
  return {
    name: gateway.name,
    allowedOrigins: gateway.allowedOrigins,
    trustsProxy: addressFilter(trustedProxies),
    endWithToken: gateway.enforceSessionTimeout,
    widenRdpBitmaps: gateway.widenRdpBitmaps,
    failedTokens: processRateLimiter(limits.failedTokensPerAddress),
    limits: {
      sessions: gateway.maxSessions,
      sessionsPerServer: gateway.maxSessionsPerServer,
      sessionsPerUser: gateway.maxSessionsPerUser,
      ...(maxSessionsPerProject !== undefined && { sessionsPerProject: maxSessionsPerProject }),
      ...(maxSessionsPerToken !== undefined && { sessionsPerToken: maxSessionsPerToken }),
    },
    timeouts: {
      connect: gateway.connectTimeout * SECOND,
      handshake: gateway.handshakeTimeout * SECOND,
      idle: gateway.idleTimeout * SECOND,
      session: gateway.sessionTimeout * SECOND,
    },
  };
}
