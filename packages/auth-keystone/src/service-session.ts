import { type Clock, identityUnavailable, type Logger, type Secret } from '@remote-consoles/core';
import type { KeystoneConnection } from './keystone-connection.js';
import { parseValidatedToken } from './validated-token.js';

/** How long before its end our token is renewed, ms; a short-lived one at half of its life. */
const RENEW_BEFORE = 60_000;
/** How long Keystone is left alone after it refused our credentials, ms: trying on would lock the account. */
const REFUSED_PAUSE = 10_000;

/** Our own account at Keystone. */
export type ServiceCredentials =
  | {
      readonly kind: 'password';
      readonly username: string;
      readonly password: Secret;
      readonly userDomain: string;
      readonly project: string;
      readonly projectDomain: string;
    }
  | { readonly kind: 'application-credential'; readonly id: string; readonly secret: Secret };

interface OwnToken {
  readonly text: string;
  /** ms since the epoch */
  readonly renewAt: number;
}

/** Our own token at Keystone, renewed before it ends and whenever Keystone no longer takes it. */
export class ServiceSession {
  readonly #connection: KeystoneConnection;
  readonly #credentials: ServiceCredentials;
  readonly #clock: Clock;
  readonly #logger: Logger;
  #token: OwnToken | undefined;
  #login: Promise<OwnToken> | undefined;
  #pausedUntil = Number.NEGATIVE_INFINITY;

  constructor(parts: {
    readonly connection: KeystoneConnection;
    readonly credentials: ServiceCredentials;
    readonly clock: Clock;
    readonly logger: Logger;
  }) {
    this.#connection = parts.connection;
    this.#credentials = parts.credentials;
    this.#clock = parts.clock;
    this.#logger = parts.logger;
  }

  /** @throws ConsoleError `identity-unavailable` */
  async token(): Promise<string> {
    if (this.#token && this.#clock.now() < this.#token.renewAt) return this.#token.text;
    this.#login ??= this.#logIn().finally(() => {
      this.#login = undefined;
    });
    this.#token = await this.#login;
    return this.#token.text;
  }

  /** Forgets the token that Keystone refused, unless it has been renewed meanwhile. */
  discard(refused: string): void {
    if (this.#token?.text === refused) this.#token = undefined;
  }

  async #logIn(): Promise<OwnToken> {
    if (this.#clock.now() < this.#pausedUntil) throw identityUnavailable(new Error(REFUSED));
    const { status, subjectToken, body } = await this.#connection.send({
      method: 'POST',
      path: '/auth/tokens?nocatalog',
      body: loginOf(this.#credentials),
    });
    if (status === 201 && subjectToken !== undefined) {
      const { expiresAt } = parseValidatedToken(body);
      const life = expiresAt - this.#clock.now();
      return { text: subjectToken, renewAt: expiresAt - Math.min(RENEW_BEFORE, life / 2) };
    }
    if (status === 401 || status === 403) {
      this.#pausedUntil = this.#clock.now() + REFUSED_PAUSE;
      this.#logger.error({ status }, REFUSED);
      throw identityUnavailable(new Error(REFUSED));
    }
    throw identityUnavailable(new Error(`Keystone answers our login with ${status}`));
  }
}

const REFUSED = 'Keystone refuses our own credentials: check auth.options.credentials';

function loginOf(credentials: ServiceCredentials): object {
  if (credentials.kind === 'application-credential') {
    const { id, secret } = credentials;
    const identity = {
      methods: ['application_credential'],
      application_credential: { id, secret: secret.reveal() },
    };
    return { auth: { identity } };
  }
  const { username, password, userDomain, project, projectDomain } = credentials;
  const user = { name: username, domain: { name: userDomain }, password: password.reveal() };
  return {
    auth: {
      identity: { methods: ['password'], password: { user } },
      scope: { project: { name: project, domain: { name: projectDomain } } },
    },
  };
}
