import type { AuthPort } from './auth-port.js';
import type { Clock } from './clock.js';
import type { Digest } from './digest.js';
import type { HypervisorPort } from './hypervisor-port.js';
import type { Logger } from './logger.js';
import type { Random } from './random.js';
import type { StandardSchema } from './standard-schema.js';
import type { TokenStore } from './token-store.js';

/** What an app hands to every adapter that it loads. */
export interface AdapterContext {
  /** The name that the configuration gives to this adapter. */
  readonly name: string;
  /** Relative paths in the adapter's configuration start here. */
  readonly configDirectory: string;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly random: Random;
  readonly digest: Digest;
}

/**
 * The default export of an adapter package. An app imports the package by the name in its configuration file,
 * validates the adapter's own part of the file with `configSchema` and calls `create`.
 */
export interface AdapterModule<Port, Config> {
  readonly configSchema: StandardSchema<Config>;
  create(config: Config, context: AdapterContext): Port | Promise<Port>;
}

export type HypervisorAdapter<Config = unknown> = AdapterModule<HypervisorPort, Config>;
export type TokenStoreAdapter<Config = unknown> = AdapterModule<TokenStore, Config>;
export type AuthAdapter<Config = unknown> = AdapterModule<AuthPort, Config>;
