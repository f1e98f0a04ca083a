import type { ConsoleConnection } from '../connection/console-connection.js';
import { protocolOf } from '../console/console-type.js';
import { ConsoleError, tokenInvalid, tokenSpent } from '../errors.js';
import type { AuditSink } from '../ports/audit-sink.js';
import type { Clock } from '../ports/clock.js';
import type { Digest } from '../ports/digest.js';
import type { HypervisorPort } from '../ports/hypervisor-port.js';
import type { Random } from '../ports/random.js';
import type { TokenStore } from '../ports/token-store.js';
import { assertConsoleReady } from '../server/console-readiness.js';
import type { Server } from '../server/server.js';
import type { ConsoleAuthorization } from '../token/console-authorization.js';
import { isTokenText, type TokenDigest } from '../token/console-token.js';
import type { TokenIssuer } from '../token/token-issuer.js';

export interface RedeemConsoleTokenRequest {
  readonly token: string;
  /** The key that an earlier redemption of the same session returned; it lets a further socket join the session. */
  readonly sessionKey?: string;
  readonly clientAddress?: string;
}

/** A console that may be dialled now. */
export interface RedeemedConsole {
  readonly digest: TokenDigest;
  readonly authorization: ConsoleAuthorization;
  readonly server: Server;
  readonly connection: ConsoleConnection;
  /** Whoever presents it with the token joins the session. A secret of the viewer's. */
  readonly sessionKey: string;
  /** Whether this socket belongs to a session that is open already. */
  readonly joined: boolean;
  /** Takes the redemption back because the console could not be opened. */
  release(): Promise<void>;
}

interface Claim {
  readonly digest: TokenDigest;
  readonly authorization: ConsoleAuthorization;
  /** The digest of the session's key: what the store keeps. */
  readonly session: string;
  readonly sessionKey: string;
  readonly joined: boolean;
}

/** Turns a token into a console: looks it up, marks it used, and asks the hypervisor afresh where the console is. */
export class RedeemConsoleToken {
  readonly #deps;

  constructor(deps: {
    readonly hypervisor: HypervisorPort;
    readonly tokens: TokenStore;
    readonly issuer: TokenIssuer;
    readonly random: Random;
    readonly digest: Digest;
    readonly audit: AuditSink;
    readonly clock: Clock;
  }) {
    this.#deps = deps;
  }

  /**
   * @throws ConsoleError `token-invalid`, `token-spent`, `server-not-ready`, `server-state-invalid`,
   *   `console-type-unavailable`, `hypervisor-unavailable`, `token-store-unavailable`
   */
  async execute(request: RedeemConsoleTokenRequest): Promise<RedeemedConsole> {
    let authorization: ConsoleAuthorization | undefined;
    try {
      const redemption = await this.#redeem(request);
      authorization = redemption.authorization;
      const console = await this.#open(redemption);
      this.#record(request, authorization, 'success');
      return console;
    } catch (error) {
      const reason = error instanceof ConsoleError ? error.code : 'internal';
      this.#record(request, authorization, 'failure', reason);
      throw error;
    }
  }

  /** Throws what `execute` would throw but for `token-spent`, without using the token. */
  async inspect(token: string): Promise<void> {
    const authorization = isTokenText(token)
      ? await this.#deps.tokens.find(this.#deps.issuer.digest(token))
      : undefined;
    if (!authorization) throw tokenInvalid();
    await this.#locate(authorization);
  }

  async #redeem({ token, sessionKey }: RedeemConsoleTokenRequest): Promise<Claim> {
    if (!isTokenText(token)) throw tokenInvalid();
    const { issuer, tokens, random, digest: hash } = this.#deps;
    const digest = issuer.digest(token);
    const key = sessionKey !== undefined && isTokenText(sessionKey) ? sessionKey : random.uuid();
    const session = hash.sha256(key);
    const redemption = await tokens.redeem(digest, session);
    if (redemption.kind === 'unknown') throw tokenInvalid();
    if (redemption.kind === 'spent') throw tokenSpent();
    const { kind, authorization } = redemption;
    return { digest, authorization, session, sessionKey: key, joined: kind === 'joined' };
  }

  async #open(redemption: Claim): Promise<RedeemedConsole> {
    const { digest, session, sessionKey, authorization, joined } = redemption;
    const release = async () => {
      if (!joined) await this.#deps.tokens.release(digest, session);
    };
    try {
      const { server, connection } = await this.#locate(authorization);
      return { digest, authorization, server, connection, sessionKey, joined, release };
    } catch (error) {
      await release().catch(() => undefined);
      throw error;
    }
  }

  /** The token is bound to the server and its project: a server that was deleted, or came back as another's, is refused. */
  async #locate(authorization: ConsoleAuthorization) {
    const { hypervisor } = this.#deps;
    const server = await hypervisor.findServer(authorization.serverId);
    if (!server || server.projectId !== authorization.projectId) throw tokenInvalid();
    assertConsoleReady(server, protocolOf(authorization.type));
    return { server, connection: await hypervisor.openConsole(server, authorization.type) };
  }

  #record(
    request: RedeemConsoleTokenRequest,
    authorization: ConsoleAuthorization | undefined,
    outcome: 'success' | 'failure',
    reason?: string,
  ): void {
    this.#deps.audit.record({
      action: 'console.redeem',
      outcome,
      at: this.#deps.clock.now(),
      ...(request.clientAddress !== undefined && { clientAddress: request.clientAddress }),
      ...(authorization && {
        requestId: authorization.requestId,
        userId: authorization.userId,
        projectId: authorization.projectId,
        serverId: authorization.serverId,
        type: authorization.type,
      }),
      ...(reason !== undefined && { reason }),
    });
  }
}
