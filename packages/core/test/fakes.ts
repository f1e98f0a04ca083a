import { createHash } from 'node:crypto';
import {
  type AuditEvent,
  type AuditSink,
  type Clock,
  type ConsoleAuthorization,
  type ConsoleConnection,
  type ConsoleSession,
  type ConsoleType,
  consoleNotImplemented,
  type Digest,
  type HypervisorPort,
  hypervisorUnavailable,
  protocolOf,
  type Random,
  type Redemption,
  type ScreenshotPort,
  Secret,
  type SendKeysPort,
  type Server,
  type ServerEvent,
  type ServerPowerPort,
  serverNotFound,
  type TokenDigest,
  type TokenStore,
} from '../src/index.js';

export const PROJECT = 'd3300000000000000000000000000001';
export const OTHER_PROJECT = 'd3300000000000000000000000000002';
export const SERVER_ID = '11111111-1111-4111-8111-111111111111';
export const CONTEXT = { requestId: 'req-22222222-2222-4222-8222-222222222222', clientAddress: '192.0.2.1' };

export const member = { userId: 'user-member', projectId: PROJECT, roles: ['member', 'reader'] };
export const reader = { userId: 'user-reader', projectId: PROJECT, roles: ['reader'] };
export const foreigner = { userId: 'user-other', projectId: OTHER_PROJECT, roles: ['member', 'reader'] };
export const admin = { userId: 'user-admin', projectId: OTHER_PROJECT, roles: ['admin'] };

export function server(overrides: Partial<Server> = {}): Server {
  return { id: SERVER_ID, name: 'one', projectId: PROJECT, host: 'host-1', vmState: 'active', ...overrides };
}

export function session(overrides: Partial<ConsoleSession> = {}): ConsoleSession {
  return {
    id: '33333333-3333-4333-8333-333333333333',
    gateway: 'gateway-1',
    serverId: SERVER_ID,
    projectId: PROJECT,
    userId: member.userId,
    type: 'novnc',
    digest: digest.sha256('a token') as TokenDigest,
    requestId: CONTEXT.requestId,
    clientAddress: '192.0.2.7',
    openedAt: 1_700_000_000_000,
    security: 'vnc',
    lastActivity: 1_700_000_001_000,
    bytesDown: 1000,
    bytesUp: 10,
    ...overrides,
  };
}

export const digest: Digest = { sha256: (text) => createHash('sha256').update(text).digest('hex') };

export class FakeClock implements Clock {
  time = 1_700_000_000_000;
  now(): number {
    return this.time;
  }
  advance(ms: number): void {
    this.time += ms;
  }
}

/** Counts up, so that a test knows what comes next. */
export class CountingRandom implements Random {
  #count = 0;
  uuid(): string {
    this.#count += 1;
    return `00000000-0000-4000-8000-${this.#count.toString(16).padStart(12, '0')}`;
  }
}

export class RecordingAudit implements AuditSink {
  readonly events: AuditEvent[] = [];
  record(event: AuditEvent): void {
    this.events.push(event);
  }
}

export class FakeTokenStore implements TokenStore {
  readonly #entries = new Map<TokenDigest, { authorization: ConsoleAuthorization; session?: string }>();
  readonly #clock: Clock;
  failure: Error | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get size(): number {
    return this.#entries.size;
  }

  async put(key: TokenDigest, authorization: ConsoleAuthorization): Promise<void> {
    if (this.failure) throw this.failure;
    this.#entries.set(key, { authorization });
  }

  async find(key: TokenDigest): Promise<ConsoleAuthorization | undefined> {
    return this.#live(key)?.authorization;
  }

  async redeem(key: TokenDigest, session: string): Promise<Redemption> {
    const entry = this.#live(key);
    if (!entry) return { kind: 'unknown' };
    const { authorization } = entry;
    if (!authorization.oneTime) return { kind: 'opened', authorization };
    if (entry.session === session) return { kind: 'joined', authorization };
    if (entry.session !== undefined) return { kind: 'spent' };
    entry.session = session;
    return { kind: 'opened', authorization };
  }

  async release(key: TokenDigest, session: string): Promise<void> {
    if (this.failure) throw this.failure;
    const entry = this.#live(key);
    if (entry?.session === session) delete entry.session;
  }

  async revoke(key: TokenDigest): Promise<boolean> {
    return this.#entries.delete(key);
  }

  async revokeServer(serverId: string): Promise<number> {
    if (this.failure) throw this.failure;
    const own = [...this.#entries].filter(([, entry]) => entry.authorization.serverId === serverId);
    for (const [key] of own) this.#entries.delete(key);
    return own.length;
  }

  async check(): Promise<void> {}
  async close(): Promise<void> {}

  #live(key: TokenDigest) {
    if (this.failure) throw this.failure;
    const entry = this.#entries.get(key);
    return entry && entry.authorization.expiresAt > this.#clock.now() ? entry : undefined;
  }
}

export function connectionOf(serverId: string, type: ConsoleType): ConsoleConnection {
  return {
    serverId,
    type,
    transport: { kind: 'tcp', host: '127.0.0.1', port: 5900 },
    security: { kind: 'rfb', password: new Secret('vnc-password') },
    connectInfo: { host: '127.0.0.1', port: 5900, tlsPort: null, internalAccessPath: null },
  };
}

/** A hypervisor whose servers, health and log a test sets. It counts what it is asked. */
export class FakeHypervisor implements HypervisorPort {
  readonly name: string;
  readonly servers = new Map<string, Server>();
  readonly asked: string[] = [];
  types: readonly ConsoleType[] = ['novnc'];
  down = false;
  /** Set on openConsole: what is thrown instead of an answer. */
  openFailure: Error | undefined;
  output?: { readOutput(server: Server): Promise<string> };
  screenshots?: ScreenshotPort;
  keys?: SendKeysPort;
  power?: ServerPowerPort;
  streams?: { openStream(transport: { address: string }): Promise<unknown> };
  closed = false;
  readonly #listeners = new Set<(event: ServerEvent) => void>();

  constructor(name = 'hv', ...servers: Server[]) {
    this.name = name;
    for (const each of servers) this.servers.set(each.id, each);
  }

  emit(event: ServerEvent): void {
    for (const listener of this.#listeners) listener(event);
  }

  async findServer(id: string): Promise<Server | undefined> {
    this.#ask(`find ${id}`);
    return this.servers.get(id);
  }

  async listServers(): Promise<readonly Server[]> {
    this.#ask('list');
    return [...this.servers.values()];
  }

  async openConsole(asked: Server, type: ConsoleType): Promise<ConsoleConnection> {
    this.#ask(`open ${asked.id} ${type}`);
    if (this.openFailure) throw this.openFailure;
    if (!this.servers.has(asked.id)) throw serverNotFound(asked.id);
    if (!this.types.some((own) => protocolOf(own) === protocolOf(type))) throw consoleNotImplemented();
    return connectionOf(asked.id, type);
  }

  watch(listener: (event: ServerEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async check(): Promise<void> {
    this.#ask('check');
  }

  async close(): Promise<void> {
    this.closed = true;
  }

  #ask(question: string): void {
    this.asked.push(question);
    if (this.down) throw hypervisorUnavailable(this.name);
  }
}
