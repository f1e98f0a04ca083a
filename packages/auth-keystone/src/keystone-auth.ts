import {
  type AuthPort,
  type Clock,
  type Credentials,
  type Digest,
  unauthenticated,
} from '@remote-consoles/core';
import type { KeystoneConnection } from './keystone-connection.js';
import { TokenCache } from './token-cache.js';
import type { TokenValidator } from './token-validator.js';

/** How long a refused token is remembered at most, ms, and how many of them. */
const REFUSED_TTL = 10_000;
const REFUSED_ENTRIES = 1000;

/** Fernet tokens have about 200 characters, JWS tokens up to some thousand. */
const TOKEN_TEXT = /^[\x21-\x7e]{1,8192}$/;

export interface KeystoneAuthParts {
  readonly connection: Pick<KeystoneConnection, 'close'>;
  readonly validator: TokenValidator;
  readonly clock: Clock;
  readonly digest: Digest;
  /** Keystone's address for clients. */
  readonly authenticateUri: string;
  /** ms that a valid token is believed without asking again */
  readonly cacheTtl: number;
  readonly cacheEntries: number;
  readonly serviceTokenRoles: readonly string[];
}

/**
 * Keystone's tokens, validated as keystonemiddleware validates them. Answers are remembered for a while by the tokens'
 * digests, never beyond a token's own end; look-ups of one token that are under way together are one look-up.
 */
export class KeystoneAuth implements AuthPort {
  readonly challenge: string;
  readonly #parts: KeystoneAuthParts;
  readonly #valid: TokenCache<Credentials>;
  /** Apart from the valid ones, so that a flood of bad tokens drives no good one out. */
  readonly #refused: TokenCache<true>;
  readonly #underWay = new Map<string, Promise<Credentials | undefined>>();

  constructor(parts: KeystoneAuthParts) {
    const { clock, cacheEntries, authenticateUri } = parts;
    this.#parts = parts;
    this.challenge = `Keystone uri="${authenticateUri}"`;
    this.#valid = new TokenCache({ clock, maxEntries: cacheEntries });
    this.#refused = new TokenCache({ clock, maxEntries: Math.min(cacheEntries, REFUSED_ENTRIES) });
  }

  async authenticate(token: string, serviceToken?: string): Promise<Credentials> {
    const vouched = serviceToken !== undefined && (await this.#vouches(serviceToken));
    const credentials = await this.#lookUp(token, vouched);
    if (!credentials) throw unauthenticated();
    return credentials;
  }

  check(): Promise<void> {
    return this.#parts.validator.check();
  }

  async close(): Promise<void> {
    this.#parts.connection.close();
  }

  /** @throws ConsoleError `unauthenticated` where the service token is not a service's */
  async #vouches(serviceToken: string): Promise<true> {
    const service = await this.#lookUp(serviceToken, false);
    if (!service?.roles.some((role) => this.#parts.serviceTokenRoles.includes(role))) throw unauthenticated();
    return true;
  }

  async #lookUp(token: string, allowExpired: boolean): Promise<Credentials | undefined> {
    if (!TOKEN_TEXT.test(token)) return undefined;
    const key = `${this.#parts.digest.sha256(token)}${allowExpired ? ' expired too' : ''}`;
    const known = this.#valid.get(key);
    if (known) return known;
    if (this.#refused.get(key)) return undefined;
    const joined = this.#underWay.get(key);
    if (joined) return joined;
    const asked = this.#ask(key, token, allowExpired).finally(() => this.#underWay.delete(key));
    this.#underWay.set(key, asked);
    return asked;
  }

  async #ask(key: string, token: string, allowExpired: boolean): Promise<Credentials | undefined> {
    const { validator, clock, cacheTtl } = this.#parts;
    const validated = await validator.validate(token, allowExpired);
    const until = clock.now() + cacheTtl;
    if (!validated) {
      this.#refused.set(key, true, Math.min(until, clock.now() + REFUSED_TTL));
      return undefined;
    }
    this.#valid.set(key, validated.credentials, allowExpired ? until : Math.min(until, validated.expiresAt));
    return validated.credentials;
  }
}
