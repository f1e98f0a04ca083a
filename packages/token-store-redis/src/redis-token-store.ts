import {
  type Clock,
  type ConsoleAuthorization,
  ConsoleError,
  type Redemption,
  type TokenDigest,
  type TokenStore,
  tokenStoreFull,
  tokenStoreUnavailable,
} from '@remote-consoles/core';
import { PUT, REDEEM, RELEASE, REVOKE_SERVER } from './lua-scripts.js';
import type { RedisConnection } from './redis-connection.js';
import type { RedisMessages } from './redis-messages.js';
import type { RedisSessionDirectory } from './redis-session-directory.js';
import { parseAuthorization } from './stored-authorization.js';

/** What the processes on one Redis and key prefix share besides tokens. */
export interface RedisCluster {
  readonly sessions: RedisSessionDirectory;
  readonly messages: RedisMessages;
}

/** Tokens in Redis, shared by all processes that use the same Redis and key prefix. Each method is one round trip. */
export class RedisTokenStore implements TokenStore {
  readonly cluster: RedisCluster;
  readonly #connection: RedisConnection;
  readonly #clock: Clock;
  readonly #tokenPrefix: string;
  readonly #serverPrefix: string;
  readonly #checkKey: string;

  constructor(parts: {
    readonly connection: RedisConnection;
    readonly clock: Clock;
    readonly keyPrefix: string;
    readonly cluster: RedisCluster;
  }) {
    this.cluster = parts.cluster;
    this.#connection = parts.connection;
    this.#clock = parts.clock;
    this.#tokenPrefix = `${parts.keyPrefix}token:`;
    this.#serverPrefix = `${parts.keyPrefix}server:`;
    this.#checkKey = `${parts.keyPrefix}check`;
  }

  async put(digest: TokenDigest, authorization: ConsoleAuthorization): Promise<void> {
    const life = Math.ceil(authorization.expiresAt - this.#clock.now());
    if (life <= 0) return;
    await this.#connection
      .run(
        PUT,
        this.#tokenPrefix + digest,
        this.#serverPrefix + authorization.serverId,
        JSON.stringify(authorization),
        authorization.oneTime ? '1' : '0',
        String(life),
        digest,
      )
      .catch((error: unknown) => {
        throw isOutOfMemory(error) ? tokenStoreFull() : error;
      });
  }

  async find(digest: TokenDigest): Promise<ConsoleAuthorization | undefined> {
    const key = this.#tokenPrefix + digest;
    const text = await this.#connection.command((redis) => redis.hget(key, 'authorization'));
    return text === null ? undefined : parseAuthorization(text);
  }

  async redeem(digest: TokenDigest, session: string): Promise<Redemption> {
    const reply = await this.#connection.run(REDEEM, this.#tokenPrefix + digest, session);
    const [kind, text] = Array.isArray(reply) ? reply : [];
    if (kind === 'unknown' || kind === 'spent') return { kind };
    if ((kind === 'opened' || kind === 'joined') && typeof text === 'string') {
      return { kind, authorization: parseAuthorization(text) };
    }
    throw tokenStoreUnavailable(new Error('Redis gives an answer that is none'));
  }

  async release(digest: TokenDigest, session: string): Promise<void> {
    await this.#connection.run(RELEASE, this.#tokenPrefix + digest, session);
  }

  async revoke(digest: TokenDigest): Promise<boolean> {
    const key = this.#tokenPrefix + digest;
    return (await this.#connection.command((redis) => redis.del(key))) > 0;
  }

  async revokeServer(serverId: string): Promise<number> {
    const key = this.#serverPrefix + serverId;
    return Number(await this.#connection.run(REVOKE_SERVER, key, this.#tokenPrefix));
  }

  /** Writes, because a replica answers questions too. */
  async check(): Promise<void> {
    await this.#connection.command((redis) => redis.set(this.#checkKey, '1', 'PX', 1000));
  }

  async close(): Promise<void> {
    this.cluster.sessions.stop();
    this.cluster.messages.stop();
    this.#connection.close();
  }
}

function isOutOfMemory(error: unknown): boolean {
  const cause = error instanceof ConsoleError ? error.cause : undefined;
  return cause instanceof Error && cause.message.startsWith('OOM');
}
