import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type AdapterContext, Secret, type TokenStoreAdapter } from '@remote-consoles/core';
import { RedisConnection, type RedisSettings } from './redis-connection.js';
import { RedisTokenStore } from './redis-token-store.js';
import { type RedisTokenStoreConfig, redisTokenStoreConfig } from './redis-token-store-config.js';

export { type RedisTokenStoreConfig, redisTokenStoreConfig } from './redis-token-store-config.js';

/** Console tokens in Redis or Valkey, for any number of processes. */
const adapter: TokenStoreAdapter<RedisTokenStoreConfig> = {
  configSchema: redisTokenStoreConfig,
  create: async (config, context) => {
    const connection = new RedisConnection(await settingsOf(config, context), context.logger);
    await connection.open();
    return new RedisTokenStore({ connection, clock: context.clock, keyPrefix: config.keyPrefix });
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
