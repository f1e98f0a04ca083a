import {
  type AuthPort,
  type Clock,
  ConsoleError,
  type Credentials,
  type Logger,
  unauthenticated,
} from '@remote-consoles/core';
import { errors, type JWTPayload, type JWTVerifyOptions, jwtVerify } from 'jose';
import { type ClaimsMapping, credentialsFrom } from './claims-mapping.js';
import type { IssuerConnection } from './issuer-connection.js';
import type { IssuerKeys } from './issuer-keys.js';
import { issuerUnavailable } from './issuer-unavailable.js';

/** Three parts in base64url; with many groups in it a token is some kilobytes long. */
const TOKEN_TEXT = /^[\w-]+\.[\w-]+\.[\w-]+$/;
const MAX_TOKEN = 16_384;

/** `typ` of tokens that are made for APIs (RFC 9068 §2.1); a logout token has another and must not open anything. */
const TYPES: ReadonlySet<unknown> = new Set([undefined, 'jwt', 'at+jwt', 'application/at+jwt']);

/** What jose throws where the issuer, and not the token, is at fault. */
const ISSUERS_FAULT: ReadonlySet<string> = new Set([
  errors.JWKSInvalid.code,
  errors.JWKSTimeout.code,
  errors.JOSEError.code,
]);

export interface OidcAuthParts {
  readonly issuer: string;
  readonly keys: IssuerKeys;
  readonly connection: Pick<IssuerConnection, 'close'>;
  readonly mapping: ClaimsMapping;
  readonly verification: Pick<JWTVerifyOptions, 'audience' | 'algorithms' | 'clockTolerance'>;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** JSON Web Tokens of one issuer. They are checked here, with the issuer's public keys, and believed until they end. */
export class OidcAuth implements AuthPort {
  readonly challenge: string;
  readonly #parts: OidcAuthParts;

  constructor(parts: OidcAuthParts) {
    this.#parts = parts;
    this.challenge = `Bearer realm="${new URL(parts.issuer).href}"`;
  }

  async authenticate(token: string): Promise<Credentials> {
    if (token.length > MAX_TOKEN || !TOKEN_TEXT.test(token)) throw unauthenticated();
    const credentials = credentialsFrom(await this.#verify(token), this.#parts.mapping);
    if (!credentials) throw unauthenticated();
    return credentials;
  }

  check(): Promise<void> {
    return this.#parts.keys.check();
  }

  async close(): Promise<void> {
    this.#parts.connection.close();
  }

  async #verify(token: string): Promise<JWTPayload> {
    const { keys, issuer, verification, clock, logger } = this.#parts;
    try {
      const { payload, protectedHeader } = await jwtVerify(token, await keys.find(), {
        ...verification,
        issuer,
        currentDate: new Date(clock.now()),
        requiredClaims: ['exp'],
      });
      if (TYPES.has(protectedHeader.typ?.toLowerCase())) return payload;
    } catch (error) {
      if (error instanceof ConsoleError) throw error;
      if (!isTokensFault(error)) {
        logger.warn(
          { reason: error instanceof Error ? error.message : String(error) },
          'the issuer does not answer',
        );
        throw issuerUnavailable(error);
      }
    }
    throw unauthenticated();
  }
}

function isTokensFault(error: unknown): boolean {
  return error instanceof errors.JOSEError && !ISSUERS_FAULT.has(error.code);
}
