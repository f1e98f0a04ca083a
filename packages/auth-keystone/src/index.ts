import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type AdapterContext, type AuthAdapter, type AuthPort, Secret } from '@remote-consoles/core';
import { KeystoneAuth } from './keystone-auth.js';
import {
  type KeystoneAuthConfig,
  type KeystoneCredentialsConfig,
  keystoneAuthConfig,
} from './keystone-auth-config.js';
import { KeystoneConnection } from './keystone-connection.js';
import { type ServiceCredentials, ServiceSession } from './service-session.js';
import { TokenValidator } from './token-validator.js';

export { type KeystoneAuthConfig, keystoneAuthConfig } from './keystone-auth-config.js';

/** API tokens of OpenStack Keystone. */
const adapter: AuthAdapter<KeystoneAuthConfig> = { configSchema: keystoneAuthConfig, create };

export default adapter;

async function create(config: KeystoneAuthConfig, context: AdapterContext): Promise<AuthPort> {
  const { clock, logger, digest, configDirectory } = context;
  const read = (file: string) => readText(resolve(configDirectory, file));
  const connection = new KeystoneConnection({
    url: config.authUrl,
    timeout: config.timeout * 1000,
    ...(config.caFile !== undefined && { ca: await read(config.caFile) }),
  });
  const credentials = await readCredentials(config.credentials, read);
  const session = new ServiceSession({ connection, credentials, clock, logger });
  return new KeystoneAuth({
    connection,
    validator: new TokenValidator({ connection, session, logger }),
    clock,
    digest,
    authenticateUri: config.authenticateUri ?? new URL(config.authUrl).href,
    cacheTtl: config.cache.ttl * 1000,
    cacheEntries: config.cache.maxEntries,
    serviceTokenRoles: config.serviceTokenRoles,
  });
}

async function readCredentials(
  config: KeystoneCredentialsConfig,
  read: (file: string) => Promise<string>,
): Promise<ServiceCredentials> {
  const secret = async (text: string | undefined, file: string | undefined) =>
    new Secret(text ?? (file === undefined ? '' : (await read(file)).trim()));
  if ('applicationCredentialId' in config) {
    const { applicationCredentialId, applicationCredentialSecret, applicationCredentialSecretFile } = config;
    return {
      kind: 'application-credential',
      id: applicationCredentialId,
      secret: await secret(applicationCredentialSecret, applicationCredentialSecretFile),
    };
  }
  const { password, passwordFile, ...rest } = config;
  return { kind: 'password', ...rest, password: await secret(password, passwordFile) };
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : 'unknown error';
    throw new Error(`cannot read ${file}: ${code}`, { cause });
  }
}
