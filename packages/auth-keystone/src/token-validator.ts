import { identityUnavailable, type Logger } from '@remote-consoles/core';
import type { KeystoneConnection, KeystoneResponse } from './keystone-connection.js';
import type { ServiceSession } from './service-session.js';
import { parseValidatedToken, type ValidatedToken } from './validated-token.js';

/** Asks Keystone about tokens, on our own token's authority. */
export class TokenValidator {
  readonly #connection: KeystoneConnection;
  readonly #session: ServiceSession;
  readonly #logger: Logger;

  constructor(parts: {
    readonly connection: KeystoneConnection;
    readonly session: ServiceSession;
    readonly logger: Logger;
  }) {
    this.#connection = parts.connection;
    this.#session = parts.session;
    this.#logger = parts.logger;
  }

  /**
   * @param allowExpired whether Keystone may accept a token that ended not long ago (its `allow_expired_window`)
   * @returns undefined where Keystone says that there is no such token
   * @throws ConsoleError `identity-unavailable`
   */
  async validate(token: string, allowExpired: boolean): Promise<ValidatedToken | undefined> {
    const path = `/auth/tokens?nocatalog${allowExpired ? '&allow_expired=1' : ''}`;
    const { status, body } = await this.#ask('GET', path, token);
    if (status === 200) return parseValidatedToken(body);
    if (status === 404) return undefined;
    throw this.#unforeseen(status);
  }

  /** @throws ConsoleError `identity-unavailable` where we could not validate a token now */
  async check(): Promise<void> {
    const { status } = await this.#ask('HEAD', '/auth/tokens?nocatalog', undefined);
    if (status !== 200 && status !== 204) throw this.#unforeseen(status);
  }

  /** Renews our own token and asks once more where Keystone no longer takes it. */
  async #ask(method: 'GET' | 'HEAD', path: string, subject: string | undefined): Promise<KeystoneResponse> {
    const own = await this.#session.token();
    const response = await this.#send(method, path, own, subject);
    if (response.status !== 401) return response;
    this.#session.discard(own);
    return this.#send(method, path, await this.#session.token(), subject);
  }

  #send(method: 'GET' | 'HEAD', path: string, own: string, subject = own): Promise<KeystoneResponse> {
    const headers = { 'x-auth-token': own, 'x-subject-token': subject };
    return this.#connection.send({ method, path, headers });
  }

  #unforeseen(status: number): Error {
    const forbidden = status === 401 || status === 403;
    const reason = forbidden
      ? 'Keystone does not let our account validate tokens: give it the role service or admin'
      : `Keystone answers ${status} to the validation of a token`;
    this.#logger.error({ status }, reason);
    return identityUnavailable(new Error(reason));
  }
}
