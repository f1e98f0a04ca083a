import { tokenNotFound } from '../errors.js';
import type { Credentials } from '../policy/credentials.js';
import type { Policy } from '../policy/policy.js';
import type { AuditSink } from '../ports/audit-sink.js';
import type { Clock } from '../ports/clock.js';
import type { TokenStore } from '../ports/token-store.js';
import type { ConsoleAuthorization } from '../token/console-authorization.js';
import { isTokenText } from '../token/console-token.js';
import type { TokenIssuer } from '../token/token-issuer.js';
import { auditedRequest } from './audited-request.js';
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
  execute(request: ShowConnectInfoRequest): Promise<ConsoleAuthorization> {
    return auditedRequest(this.#deps, request, { action: 'console.show-connect-info' }, async (found) => {
      const authorization = await this.#find(request);
      found({ serverId: authorization.serverId, type: authorization.type });
      return authorization;
    });
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
}
