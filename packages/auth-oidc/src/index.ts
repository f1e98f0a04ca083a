import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { AuthAdapter } from '@remote-consoles/core';
import type { ClaimsMapping } from './claims-mapping.js';
import { IssuerConnection } from './issuer-connection.js';
import { IssuerKeys } from './issuer-keys.js';
import { OidcAuth } from './oidc-auth.js';
import { type OidcAuthConfig, oidcAuthConfig } from './oidc-auth-config.js';

export { type OidcAuthConfig, oidcAuthConfig } from './oidc-auth-config.js';

/** API tokens of an OpenID Connect issuer, for people without OpenStack. */
const adapter: AuthAdapter<OidcAuthConfig> = {
  configSchema: oidcAuthConfig,
  create: async (config, { configDirectory, clock, logger }) => {
    const { issuer, audience, algorithms, clockTolerance, caFile } = config;
    const ca = caFile === undefined ? undefined : await readText(resolve(configDirectory, caFile));
    const connection = new IssuerConnection({
      timeout: config.timeout * 1000,
      ...(ca !== undefined && { ca }),
    });
    return new OidcAuth({
      issuer,
      keys: new IssuerKeys(issuer, connection),
      connection,
      mapping: mappingOf(config),
      verification: { audience, algorithms, clockTolerance },
      clock,
      logger,
    });
  },
};

export default adapter;

function mappingOf({ claims, project, roles }: OidcAuthConfig): ClaimsMapping {
  return {
    user: claims.user,
    roles: claims.roles,
    rolesOf: new Map(Object.entries(roles)),
    ...(claims.project && { project: claims.project }),
    ...(project !== undefined && { fixedProject: project }),
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
