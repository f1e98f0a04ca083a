import { accessUrl } from '../console/access-url.js';
import type { ConsoleOffers } from '../console/console-offer.js';
import { assertConsolePair, type ConsoleProtocol, type ConsoleType } from '../console/console-type.js';
import type { RemoteConsole } from '../console/remote-console.js';
import type { Credentials } from '../policy/credentials.js';
import type { Policy } from '../policy/policy.js';
import type { AuditSink } from '../ports/audit-sink.js';
import type { Clock } from '../ports/clock.js';
import type { HypervisorPort } from '../ports/hypervisor-port.js';
import type { TokenStore } from '../ports/token-store.js';
import { assertConsoleReady } from '../server/console-readiness.js';
import type { TokenIssuer } from '../token/token-issuer.js';
import { auditedRequest } from './audited-request.js';
import { findVisibleServer } from './find-visible-server.js';
import type { RequestContext } from './request-context.js';

export interface CreateRemoteConsoleRequest {
  readonly credentials: Credentials;
  readonly serverId: string;
  readonly protocol: ConsoleProtocol;
  readonly type: ConsoleType;
  readonly context: RequestContext;
}

/** Issues a token for a server's console and says where to take it. */
export class CreateRemoteConsole {
  readonly #deps;

  constructor(deps: {
    readonly hypervisor: HypervisorPort;
    readonly tokens: TokenStore;
    readonly issuer: TokenIssuer;
    readonly offers: ConsoleOffers;
    readonly policy: Policy;
    readonly audit: AuditSink;
    readonly clock: Clock;
  }) {
    this.#deps = deps;
  }

  /**
   * @throws ConsoleError `server-not-found`, `forbidden`, `server-not-ready`, `server-state-invalid`,
   *   `console-type-invalid`, `console-type-unavailable`, `console-not-implemented`, `hypervisor-unavailable`,
   *   `token-store-unavailable`, `token-store-full`
   */
  execute(request: CreateRemoteConsoleRequest): Promise<RemoteConsole> {
    const { serverId, type } = request;
    const run = () => this.#create(request);
    return auditedRequest(this.#deps, request, { action: 'console.issue', serverId, type }, run);
  }

  async #create({ credentials, serverId, protocol, type, context }: CreateRemoteConsoleRequest) {
    const { hypervisor, policy, offers, issuer, tokens } = this.#deps;
    const server = await findVisibleServer(hypervisor, policy, credentials, serverId);
    policy.enforce('os_compute_api:os-remote-consoles', credentials, server);
    assertConsoleReady(server, protocol);
    assertConsolePair(protocol, type);
    const offer = offers.get(type);
    const connection = await hypervisor.openConsole(server, type);
    const { token, digest, authorization } = issuer.issue({
      serverId: server.id,
      projectId: server.projectId,
      userId: credentials.userId,
      type,
      connectInfo: connection.connectInfo,
      requestId: context.requestId,
    });
    await tokens.put(digest, authorization);
    return { protocol, type, url: accessUrl(offer.baseUrl, token, type) };
  }
}
