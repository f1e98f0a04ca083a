import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type AdapterContext, type Logger, Secret, type TokenStoreAdapter } from '@remote-consoles/core';
import { RedisConnection, type RedisSettings } from './redis-connection.js';
import { RedisMessages } from './redis-messages.js';
import { RedisSessionDirectory } from './redis-session-directory.js';
import { RedisTokenStore } from './redis-token-store.js';
import { type RedisTokenStoreConfig, redisTokenStoreConfig } from './redis-token-store-config.js';

export { type RedisTokenStoreConfig, redisTokenStoreConfig } from './redis-token-store-config.js';

/** The second connection has no more to say than the first. */
const SILENT: Logger = { debug: ignore, info: ignore, warn: ignore, error: ignore };

/** Console tokens and sessions in Redis or Valkey, for any number of processes. */
const adapter: TokenStoreAdapter<RedisTokenStoreConfig> = {
  configSchema: redisTokenStoreConfig,
  create: async (config, context) => {
    const { clock, logger, random } = context;
    const { keyPrefix } = config;
    const settings = await settingsOf(config, context);
    const connection = new RedisConnection(settings, logger);
    await connection.open();
    const name = random.uuid();
    const connect = () => new RedisConnection(settings, SILENT);
    const messages = new RedisMessages({ connection, connect, keyPrefix, name, logger });
    await messages.begin();
    const sessions = new RedisSessionDirectory({ connection, keyPrefix, name });
    return new RedisTokenStore({ connection, clock, keyPrefix, cluster: { sessions, messages } });
  },
};

export default adapter;

async function settingsOf(
  config: RedisTokenStoreConfig,
  { configDirectory }: AdapterContext,
): Promise<RedisSettings> {
  const read = async (file: string | undefined) =>
    file === undefined ? undefined : readText(resolve(configDirectory, file));
  const { url, username, caFile, certificateFile, keyFile } = config;
  const password = config.password ?? (await read(config.passwordFile))?.trim();
  const [ca, certificate, key] = [await read(caFile), await read(certificateFile), await read(keyFile)];
  return {
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: url.port === '' ? 6379 : Number(url.port),
    database: Number(url.pathname.slice(1)),
    timeout: config.timeout * 1000,
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password: new Secret(password) }),
    ...(url.protocol === 'rediss:' && {
      tls: {
        ...(ca !== undefined && { ca }),
        ...(certificate !== undefined && { certificate }),
        ...(key !== undefined && { key: new Secret(key) }),
      },
    }),
  };
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : 'unknown error';
    throw new Error(`cannot read ${file}: ${code}`, { cause });
  }
}

function ignore(): void {}
