import { z } from '@remote-consoles/option-schema';
import { createRemoteJWKSet, customFetch, type RemoteJWKSet } from 'jose';
import type { IssuerConnection } from './issuer-connection.js';
import { issuerUnavailable } from './issuer-unavailable.js';
import { isTrustworthyUrl } from './oidc-auth-config.js';

/** How long keys are believed, ms: how late we learn that the issuer no longer uses one. */
const KEYS_MAX_AGE = 600_000;
/** How soon after the last look an unknown key id makes us look again, ms: bad tokens must not become requests. */
const KEYS_COOLDOWN = 10_000;

const metadata = z.object({
  issuer: z.string(),
  jwks_uri: z.string().refine(isTrustworthyUrl),
});

/** The issuer's keys: found by discovery when they are first needed, read again when a token names an unknown one. */
export class IssuerKeys {
  readonly #issuer: string;
  readonly #connection: IssuerConnection;
  #keys: Promise<RemoteJWKSet> | undefined;

  constructor(issuer: string, connection: IssuerConnection) {
    this.#issuer = issuer;
    this.#connection = connection;
  }

  /** @throws ConsoleError `identity-unavailable` */
  find(): Promise<RemoteJWKSet> {
    this.#keys ??= this.#discover().catch((cause: unknown) => {
      this.#keys = undefined;
      throw issuerUnavailable(cause);
    });
    return this.#keys;
  }

  /** @throws ConsoleError `identity-unavailable` where the keys cannot be read now and are not known from before */
  async check(): Promise<void> {
    const keys = await this.find();
    if (keys.fresh) return;
    await keys.reload().catch((cause: unknown) => {
      throw issuerUnavailable(cause);
    });
  }

  /** OpenID Connect Discovery 1.0 §4. */
  async #discover(): Promise<RemoteJWKSet> {
    const url = `${this.#issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
    const found = metadata.safeParse(parseJson(await this.#connection.get(url)));
    if (!found.success) throw new Error(`${url} is not the metadata of an issuer with keys under https`);
    if (found.data.issuer !== this.#issuer) {
      throw new Error(
        `${url} names the issuer ${found.data.issuer}: write auth.options.issuer just like that`,
      );
    }
    return createRemoteJWKSet(new URL(found.data.jwks_uri), {
      cacheMaxAge: KEYS_MAX_AGE,
      cooldownDuration: KEYS_COOLDOWN,
      [customFetch]: async (address) => new Response(await this.#connection.get(address)),
    });
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
