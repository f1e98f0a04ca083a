import { tokenNotFound } from '../errors.js';
import type { Credentials } from '../policy/credentials.js';
import type { Policy } from '../policy/policy.js';
import type { AuditSink } from '../ports/audit-sink.js';
import type { Clock } from '../ports/clock.js';
import type { TokenStore } from '../ports/token-store.js';
import type { ConsoleAuthorization } from '../token/console-authorization.js';
import { isTokenText } from '../token/console-token.js';
import type { TokenIssuer } from '../token/token-issuer.js';
import type { RequestContext } from './request-context.js';

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
  async execute(request: {
    readonly credentials: Credentials;
    readonly token: string;
    readonly context: RequestContext;
  }): Promise<ConsoleAuthorization> {
    const { tokens, issuer, policy, audit, clock } = this.#deps;
    policy.enforce('os_compute_api:os-console-auth-tokens', request.credentials, {});
    const authorization = isTokenText(request.token)
      ? await tokens.find(issuer.digest(request.token))
      : undefined;
    if (!authorization) throw tokenNotFound();
    audit.record({
      action: 'console.show-connect-info',
      outcome: 'success',
      at: clock.now(),
      ...request.context,
      userId: request.credentials.userId,
      serverId: authorization.serverId,
      type: authorization.type,
    });
    return authorization;
  }
}
