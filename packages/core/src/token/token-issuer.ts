import type { Clock } from '../ports/clock.js';
import type { Digest } from '../ports/digest.js';
import type { Random } from '../ports/random.js';
import type { ConsoleAuthorization } from './console-authorization.js';
import { DEFAULT_TOKEN_TTL, type TokenDigest } from './console-token.js';

export interface TokenSettings {
  /** s; default 600 */
  readonly ttl?: number;
  /** Default false, as Nova's tokens: usable any number of times until they expire. */
  readonly oneTime?: boolean;
}

/** A token as it is handed out once, and what is kept of it. */
export interface IssuedToken {
  readonly token: string;
  readonly digest: TokenDigest;
  readonly authorization: ConsoleAuthorization;
}

/** Makes tokens: a random UUID outside, its SHA-256 inside. */
export class TokenIssuer {
  readonly #ports: { readonly random: Random; readonly digest: Digest; readonly clock: Clock };
  readonly #ttl: number;
  readonly #oneTime: boolean;

  constructor(
    ports: { readonly random: Random; readonly digest: Digest; readonly clock: Clock },
    settings: TokenSettings = {},
  ) {
    this.#ports = ports;
    this.#ttl = settings.ttl ?? DEFAULT_TOKEN_TTL;
    this.#oneTime = settings.oneTime ?? false;
  }

  issue(subject: Omit<ConsoleAuthorization, 'issuedAt' | 'expiresAt' | 'oneTime'>): IssuedToken {
    const token = this.#ports.random.uuid();
    const issuedAt = this.#ports.clock.now();
    return {
      token,
      digest: this.digest(token),
      // Field by field: a spread costs more than the digest, on the busiest path there is.
      authorization: {
        serverId: subject.serverId,
        projectId: subject.projectId,
        userId: subject.userId,
        type: subject.type,
        connectInfo: subject.connectInfo,
        requestId: subject.requestId,
        issuedAt,
        expiresAt: issuedAt + this.#ttl * 1000,
        oneTime: this.#oneTime,
      },
    };
  }

  /** The form in which the token is stored and looked up. Tokens are compared in lower case, as they are issued. */
  digest(token: string): TokenDigest {
    return this.#ports.digest.sha256(token.toLowerCase()) as TokenDigest;
  }
}
