import type { AuthAdapter } from '@remote-consoles/core';
import { readTokens } from './read-tokens.js';
import { StaticAuth } from './static-auth.js';
import { type StaticAuthConfig, staticAuthConfig } from './static-auth-config.js';

export { StaticAuth } from './static-auth.js';
export { type StaticAuthConfig, staticAuthConfig } from './static-auth-config.js';

/** API tokens that stand in the configuration: for trying out, and for small deployments without Keystone. */
const adapter: AuthAdapter<StaticAuthConfig> = {
  configSchema: staticAuthConfig,
  create: async ({ tokens, authenticateUri }, { configDirectory }) =>
    new StaticAuth(await readTokens(tokens, configDirectory), authenticateUri),
};

export default adapter;
