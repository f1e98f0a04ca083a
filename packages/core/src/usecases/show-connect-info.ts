import { ConsoleError, tokenNotFound } from '../errors.js';
import type { Credentials } from '../policy/credentials.js';
import type { Policy } from '../policy/policy.js';
import type { AuditEvent, AuditSink } from '../ports/audit-sink.js';
import type { Clock } from '../ports/clock.js';
import type { TokenStore } from '../ports/token-store.js';
import type { ConsoleAuthorization } from '../token/console-authorization.js';
import { isTokenText } from '../token/console-token.js';
import type { TokenIssuer } from '../token/token-issuer.js';
import type { RequestContext } from './request-context.js';

export interface ShowConnectInfoRequest {
  readonly credentials: Credentials;
  readonly token: string;
  readonly context: RequestContext;
}

/** Shows an administrator where a token leads (Nova's os-console-auth-tokens). Looking does not use the token. */
export class ShowConnectInfo {
  readonly #deps;

  constructor(deps: {
    readonly tokens: TokenStore;
    readonly issuer: TokenIssuer;
    readonly policy: Policy;
    readonly audit: AuditSink;
    readonly clock: Clock;
  }) {
    this.#deps = deps;
  }

  /** @throws ConsoleError `forbidden`, `token-not-found`, `token-store-unavailable` */
  async execute(request: ShowConnectInfoRequest): Promise<ConsoleAuthorization> {
    try {
      const authorization = await this.#find(request);
      this.#record(request, {
        outcome: 'success',
        serverId: authorization.serverId,
        type: authorization.type,
      });
      return authorization;
    } catch (error) {
      const reason = error instanceof ConsoleError ? error.code : 'internal';
      this.#record(request, { outcome: 'failure', reason });
      throw error;
    }
  }

  async #find(request: ShowConnectInfoRequest): Promise<ConsoleAuthorization> {
    const { tokens, issuer, policy } = this.#deps;
    policy.enforce('os_compute_api:os-console-auth-tokens', request.credentials, {});
    const authorization = isTokenText(request.token)
      ? await tokens.find(issuer.digest(request.token))
      : undefined;
    if (!authorization) throw tokenNotFound();
    return authorization;
  }

  #record(
    { credentials, context }: ShowConnectInfoRequest,
    facts: Pick<AuditEvent, 'outcome' | 'reason' | 'serverId' | 'type'>,
  ): void {
    this.#deps.audit.record({
      action: 'console.show-connect-info',
      at: this.#deps.clock.now(),
      ...context,
      userId: credentials.userId,
      ...(credentials.projectId !== undefined && { projectId: credentials.projectId }),
      ...facts,
    });
  }
}
