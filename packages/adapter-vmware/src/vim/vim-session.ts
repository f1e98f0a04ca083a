import type { Clock } from '@remote-consoles/core';
import { isFault, VimUnavailable } from '../soap/vim-error.js';
import type { VimClient } from './vim-client.js';
import type { VimEndpoint } from './vim-endpoint.js';
import { logIn, type VimAccount } from './vim-login.js';

/** ms without another login after a refused one: vCenter locks an account after a few wrong passwords. */
const REFUSED_LOGIN_PAUSE = 30_000;

/** One session at a vSphere server, shared by all callers and opened again where it has ended. */
export class VimSession {
  readonly #endpoint: VimEndpoint;
  readonly #account: () => Promise<VimAccount>;
  readonly #clock: Clock;
  readonly #timeout: number;
  #opening: Promise<VimClient> | undefined;
  #client: VimClient | undefined;
  #refusedAt = Number.NEGATIVE_INFINITY;
  #closed = false;

  /** @param deps.account read anew for each login @param deps.timeout ms for a login, and for each call */
  constructor(deps: {
    readonly endpoint: VimEndpoint;
    readonly account: () => Promise<VimAccount>;
    readonly clock: Clock;
    readonly timeout: number;
  }) {
    this.#endpoint = deps.endpoint;
    this.#account = deps.account;
    this.#clock = deps.clock;
    this.#timeout = deps.timeout;
  }

  /**
   * Runs calls in the session, once more in a new one where it turns out to have ended.
   *
   * @throws whatever the operation throws; VimFault `InvalidLogin`, VimUnavailable
   */
  async run<T>(operation: (client: VimClient) => Promise<T>, signal: AbortSignal): Promise<T> {
    const client = await this.#open(signal);
    try {
      return await operation(client);
    } catch (error) {
      if (!isFault(error, 'NotAuthenticated')) throw error;
      if (this.#client === client) this.#client = undefined;
    }
    return operation(await this.#open(signal));
  }

  /** Logs out and closes all connections. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#opening?.catch(() => undefined);
    await this.#client?.logout(AbortSignal.timeout(this.#timeout)).catch(() => undefined);
    this.#client = undefined;
    this.#endpoint.close();
  }

  #open(signal: AbortSignal): Promise<VimClient> {
    if (this.#closed) return Promise.reject(new VimUnavailable('the adapter is closed'));
    if (this.#client) return Promise.resolve(this.#client);
    this.#opening ??= this.#logIn().finally(() => {
      this.#opening = undefined;
    });
    return orAborted(this.#opening, signal);
  }

  async #logIn(): Promise<VimClient> {
    if (this.#clock.now() - this.#refusedAt < REFUSED_LOGIN_PAUSE) {
      throw new VimUnavailable('the login was refused a moment ago');
    }
    try {
      this.#client = await logIn(this.#endpoint, await this.#account(), this.#timeout);
      return this.#client;
    } catch (error) {
      if (isFault(error, 'InvalidLogin')) this.#refusedAt = this.#clock.now();
      throw error;
    }
  }
}

/** A login is everybody's, so a caller whose time is over stops waiting but does not end it. */
function orAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(new VimUnavailable('no answer in time'));
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
