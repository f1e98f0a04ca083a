import { createHash, randomUUID } from 'node:crypto';
import { createServer as createHttpServer, type Server as HttpServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import {
  type AuditEvent,
  ConsoleError,
  type ConsoleSecurity,
  type ConsoleStreamPort,
  type ConsoleTransport,
  type ConsoleType,
  RedeemConsoleToken,
  type Redemption,
  type Server,
  type TokenDigest,
  TokenIssuer,
  type TokenStore,
} from '@remote-consoles/core';
import { createGateway, type Gateway, type GatewayOptions } from '../../src/index.js';

/** A console for a test to open. */
export interface TestConsole {
  readonly type: ConsoleType;
  readonly transport: ConsoleTransport;
  readonly security?: ConsoleSecurity;
  readonly oneTime?: boolean;
  readonly userId?: string;
  readonly serverId?: string;
  /** Life of the token, s; default 600. */
  readonly ttl?: number;
}

/** A gateway behind a real HTTP server, over real core use cases and a token store as simple as it gets. */
export class ConsoleRig {
  readonly gateway: Gateway;
  readonly http: HttpServer;
  readonly audit: AuditEvent[] = [];
  /** What the gateway logged, as text. */
  readonly log: string[] = [];
  readonly servers = new Map<string, Server>();
  /** Thrown by the hypervisor instead of an answer. */
  failure: Error | undefined;
  readonly #consoles = new Map<string, TestConsole>();
  readonly #issuer: TokenIssuer;
  readonly #tokens: FakeTokenStore;

  constructor(options: Partial<GatewayOptions> = {}) {
    const clock = { now: () => Date.now() };
    const random = { uuid: () => randomUUID() };
    const digest = { sha256: (text: string) => createHash('sha256').update(text).digest('hex') };
    const audit = { record: (event: AuditEvent) => void this.audit.push(event) };
    this.#issuer = new TokenIssuer({ random, digest, clock });
    this.#tokens = new FakeTokenStore();
    const hypervisor = {
      name: 'test',
      findServer: async (id: string) => {
        if (this.failure) throw this.failure;
        return this.servers.get(id);
      },
      listServers: async () => [...this.servers.values()],
      openConsole: async (server: Server, type: ConsoleType) => {
        const found = this.#consoles.get(server.id);
        if (!found) throw new ConsoleError('server-not-found', 'gone');
        return {
          serverId: server.id,
          type,
          transport: found.transport,
          security: found.security ?? ({ kind: 'none' } as const),
          connectInfo: { host: '127.0.0.1', port: 1, tlsPort: null, internalAccessPath: null },
        };
      },
      watch: () => () => {},
      check: async () => {},
      close: async () => {},
    };
    const log = (level: string) => (fields: object, message: string) => {
      const err = 'err' in fields && fields.err instanceof Error ? String(fields.err.stack) : '';
      this.log.push(`${level} ${message} ${JSON.stringify(fields)} ${err}`);
    };
    this.gateway = createGateway({
      redeem: new RedeemConsoleToken({
        hypervisor,
        tokens: this.#tokens,
        issuer: this.#issuer,
        random,
        digest,
        audit,
        clock,
      }),
      audit,
      clock,
      random,
      logger: { debug: log('debug'), info: log('info'), warn: log('warn'), error: log('error') },
      baseUrls: ['http://127.0.0.1/'],
      ...options,
      timeouts: { endReason: 50, ...options.timeouts },
    });
    // An HTTP server that is quick to cut what it takes for an overdue request.
    const strict = { connectionsCheckingInterval: 50, requestTimeout: 300, headersTimeout: 200 };
    this.http = createHttpServer(strict, (request, response) => {
      if (!this.gateway.handleGet(request, response)) response.writeHead(404).end('not ours');
    });
    this.http.on('upgrade', (request, socket, head) => this.gateway.handleUpgrade(request, socket, head));
  }

  get port(): number {
    return (this.http.address() as AddressInfo).port;
  }

  async listen(): Promise<this> {
    await new Promise<void>((resolve) => this.http.listen(0, '127.0.0.1', resolve));
    return this;
  }

  async close(): Promise<void> {
    await this.gateway.close();
    this.http.closeAllConnections();
    await new Promise((resolve) => this.http.close(resolve));
  }

  /** Makes a server with this console and returns a token for it. */
  async token(console: TestConsole): Promise<string> {
    const serverId = console.serverId ?? randomUUID();
    this.servers.set(serverId, {
      id: serverId,
      name: 'test',
      projectId: 'p1',
      host: 'h1',
      vmState: 'active',
    });
    this.#consoles.set(serverId, console);
    const { token, digest, authorization } = this.#issuer.issue({
      serverId,
      projectId: 'p1',
      userId: console.userId ?? 'u1',
      type: console.type,
      connectInfo: { host: '127.0.0.1', port: 1, tlsPort: null, internalAccessPath: null },
      requestId: 'req-1',
    });
    await this.#tokens.put(digest, {
      ...authorization,
      expiresAt: authorization.issuedAt + (console.ttl ?? 600) * 1000,
      oneTime: console.oneTime ?? false,
    });
    return token;
  }

  url(token: string, path = '/'): string {
    return `ws://127.0.0.1:${this.port}${path}?token=${token}`;
  }
}

/** One gateway for one test; closed at its end. */
export async function withRig(
  options: Partial<GatewayOptions>,
  use: (rig: ConsoleRig) => Promise<void>,
): Promise<void> {
  const rig = await new ConsoleRig(options).listen();
  try {
    await use(rig);
  } finally {
    await rig.close();
  }
}

/** A stream port that gives what the test makes. */
export function streamsOf(open: () => unknown): ConsoleStreamPort {
  return { openStream: async () => open() };
}

export type Accept = (socket: Socket) => void;

class FakeTokenStore implements TokenStore {
  readonly #entries = new Map<TokenDigest, Parameters<TokenStore['put']>[1]>();
  readonly #spent = new Map<TokenDigest, string>();

  async put(digest: TokenDigest, authorization: Parameters<TokenStore['put']>[1]): Promise<void> {
    this.#entries.set(digest, authorization);
  }

  async find(digest: TokenDigest) {
    const found = this.#entries.get(digest);
    return found && found.expiresAt > Date.now() ? found : undefined;
  }

  async redeem(digest: TokenDigest, session: string): Promise<Redemption> {
    const authorization = await this.find(digest);
    if (!authorization) return { kind: 'unknown' };
    const spent = this.#spent.get(digest);
    if (!authorization.oneTime) return { kind: 'opened', authorization };
    if (spent === undefined) {
      this.#spent.set(digest, session);
      return { kind: 'opened', authorization };
    }
    return spent === session ? { kind: 'joined', authorization } : { kind: 'spent' };
  }

  async release(digest: TokenDigest, session: string): Promise<void> {
    if (this.#spent.get(digest) === session) this.#spent.delete(digest);
  }

  async revoke(digest: TokenDigest): Promise<boolean> {
    return this.#entries.delete(digest);
  }

  async revokeServer(): Promise<number> {
    return 0;
  }

  async check(): Promise<void> {}

  async close(): Promise<void> {}
}
