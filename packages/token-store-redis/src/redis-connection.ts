import { type Logger, type Secret, tokenStoreUnavailable } from '@remote-consoles/core';
import { Redis } from 'ioredis';
import type { LuaScript } from './lua-scripts.js';

/** The longest pause before Redis is tried again, ms. */
const MAX_PAUSE = 1000;

export interface RedisSettings {
  readonly host: string;
  readonly port: number;
  readonly database: number;
  readonly username?: string;
  readonly password?: Secret;
  readonly tls?: { readonly ca?: string; readonly certificate?: string; readonly key?: Secret };
  /** ms for one answer */
  readonly timeout: number;
}

/**
 * One connection to Redis that mends itself. Commands given in one turn of the event loop travel together. While there
 * is no connection commands fail at once instead of waiting, and none is sent twice: what became of a redemption that
 * got no answer is not known.
 */
export class RedisConnection {
  readonly #client: Redis;
  /** ms for one answer */
  readonly timeout: number;
  #closed = false;

  constructor(settings: RedisSettings, logger: Logger) {
    this.timeout = settings.timeout;
    this.#client = new Redis({
      host: settings.host,
      port: settings.port,
      db: settings.database,
      protocol: 2,
      ...(settings.username !== undefined && { username: settings.username }),
      ...(settings.password && { password: settings.password.reveal() }),
      ...(settings.tls && { tls: tlsOptions(settings.tls) }),
      lazyConnect: true,
      disableClientInfo: true,
      enableAutoPipelining: true,
      enableOfflineQueue: false,
      autoResendUnfulfilledCommands: false,
      connectTimeout: settings.timeout,
      // Without it a pipeline whose connection is lost never ends, and all later commands wait behind it.
      commandTimeout: settings.timeout,
      socketTimeout: 2 * settings.timeout,
      retryStrategy: (times) => Math.min(50 * 2 ** Math.min(times, 10), MAX_PAUSE),
      // The primary has become a replica: its name may lead to another machine by now.
      reconnectOnError: (error) => error.message.startsWith('READONLY'),
    });
    this.#report(logger);
  }

  /** Resolves when connected, or when the first attempt has failed; the connection goes on trying by itself. */
  async open(): Promise<void> {
    await this.#within(this.#client.connect()).catch(() => undefined);
  }

  /** @throws ConsoleError `token-store-unavailable` */
  async command<Reply>(send: (client: Redis) => Promise<Reply>): Promise<Reply> {
    try {
      return await this.#within(send(this.#client));
    } catch (error) {
      throw tokenStoreUnavailable(withoutArguments(error));
    }
  }

  /** @throws ConsoleError `token-store-unavailable` */
  async run({ sha1, text, keys }: LuaScript, ...args: readonly string[]): Promise<unknown> {
    return this.command(async (client) => {
      try {
        return await client.evalsha(sha1, keys, ...args);
      } catch (error) {
        if (!(error instanceof Error && error.message.startsWith('NOSCRIPT'))) throw error;
        return client.eval(text, keys, ...args);
      }
    });
  }

  close(): void {
    this.#closed = true;
    this.#client.disconnect();
  }

  async #within<T>(promise: Promise<T>): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`no answer within ${this.timeout} ms`)), this.timeout);
    });
    try {
      return await Promise.race([promise, late]);
    } finally {
      clearTimeout(timer);
    }
  }

  /** One line when Redis goes and one when it comes, not one for each attempt. */
  #report(logger: Logger): void {
    let reported: 'up' | 'down' | undefined;
    const down = (reason: string) => {
      if (reported === 'down' || this.#closed) return;
      reported = 'down';
      logger.warn({ reason }, 'Redis does not answer; no token can be issued or redeemed');
    };
    this.#client.on('error', (error: Error) => down(error.message));
    this.#client.on('close', () => {
      if (reported === 'up') down('the connection was lost');
    });
    this.#client.on('ready', () => {
      if (reported === 'down') logger.info({}, 'Redis answers again');
      reported = 'up';
    });
  }
}

function tlsOptions({ ca, certificate, key }: NonNullable<RedisSettings['tls']>) {
  return {
    ...(ca !== undefined && { ca }),
    ...(certificate !== undefined && { cert: certificate }),
    ...(key && { key: key.reveal() }),
  };
}

/** Redis' errors carry the command that failed with all its arguments, the password of AUTH among them. */
function withoutArguments(error: unknown): Error {
  return new Error(error instanceof Error ? error.message : String(error));
}
