import type { Clock } from '@remote-consoles/core';
import { type Authorization, authorizationOn, type WsmanAccount } from './authorization.js';
import { type HttpAnswer, HttpConnection } from './http-connection.js';
import type { WsmanServer } from './tls-connection.js';
import { Turns } from './turns.js';
import { WsmanRefused, WsmanUnavailable } from './wsman-error.js';

/** ms without another login after a refused one: Windows locks an account after a few wrong passwords. */
const REFUSED_PAUSE = 30_000;
/** ms in which a host that did not answer is not asked again, so that those who wait for it wait once. */
const DOWN_PAUSE = 5_000;

interface Login {
  readonly connection: HttpConnection;
  readonly authorization: Authorization;
}

/** One logged-in connection to a host's WS-Man service, shared by all callers and opened again where it has ended. */
export class WsmanSession {
  readonly #server: WsmanServer;
  readonly #account: () => Promise<WsmanAccount>;
  readonly #clock: Clock;
  readonly #timeout: number;
  readonly #turns = new Turns();
  #login: Login | undefined;
  #rest: { readonly until: number; readonly reason: string } | undefined;
  #closed = false;

  /** @param deps.account read anew for each connection @param deps.timeout ms for one answer, a login before it included */
  constructor(deps: {
    readonly server: WsmanServer;
    readonly account: () => Promise<WsmanAccount>;
    readonly clock: Clock;
    readonly timeout: number;
  }) {
    this.#server = deps.server;
    this.#account = deps.account;
    this.#clock = deps.clock;
    this.#timeout = deps.timeout;
  }

  /** Whether the host is left alone for a while, because it did not answer or did not let us in. */
  get resting(): boolean {
    return this.#rest !== undefined && this.#clock.now() < this.#rest.until;
  }

  /**
   * Sends one SOAP message.
   *
   * @param repeatable whether it may be sent again where the kept connection turns out to have ended
   * @returns the text of the answer, which may be a fault
   * @throws WsmanRefused, WsmanUnavailable
   */
  send(message: string, signal: AbortSignal, repeatable: boolean): Promise<string> {
    return this.#turns.take(signal, async () => {
      if (this.#closed) throw new WsmanUnavailable('the adapter is closed');
      if (this.#rest && this.resting) throw new WsmanUnavailable(`not asked again yet: ${this.#rest.reason}`);
      const patience = AbortSignal.timeout(this.#timeout);
      try {
        const answer = await this.#exchange(message, AbortSignal.any([signal, patience]), repeatable);
        this.#rest = undefined;
        return textOf(answer);
      } catch (error) {
        throw this.#judge(error, signal, patience);
      }
    });
  }

  close(): void {
    this.#closed = true;
    this.#drop();
  }

  async #exchange(message: string, signal: AbortSignal, repeatable: boolean): Promise<HttpAnswer> {
    const kept = this.#kept();
    if (kept) {
      const { bound } = kept.authorization;
      try {
        const answer = await this.#post(kept, message, signal);
        // The host has forgotten who is on this connection.
        if (answer.status !== 401 || !bound) return this.#admitted(answer);
      } catch (error) {
        if (!isBroken(error) || !repeatable || signal.aborted) throw error;
      }
      this.#drop();
    }
    return this.#admitted(await this.#post(await this.#open(signal), message, signal));
  }

  #kept(): Login | undefined {
    return this.#login?.connection.isOpen ? this.#login : undefined;
  }

  async #open(signal: AbortSignal): Promise<Login> {
    this.#drop();
    const account = await this.#account();
    const identity = account.method === 'certificate' ? account.identity : undefined;
    const connection = await HttpConnection.open(this.#server, identity, signal);
    const about = { host: this.#server.host, clock: this.#clock };
    const login = { connection, authorization: authorizationOn(connection, account, about) };
    this.#login = login;
    // Closed meanwhile: nobody else would end the connection.
    if (this.#closed) this.#drop();
    return login;
  }

  async #post(
    { connection, authorization }: Login,
    message: string,
    signal: AbortSignal,
  ): Promise<HttpAnswer> {
    return connection.post(message, await authorization.header(signal), signal);
  }

  #admitted(answer: HttpAnswer): HttpAnswer {
    if (answer.status === 401)
      throw new WsmanRefused('the host refuses the account: check user and password');
    if (answer.status === 403)
      throw new WsmanRefused('the host forbids the account to use WS-Man (status 403)');
    return answer;
  }

  /** What the failure of an exchange means: for the callers to come, and in words. */
  #judge(error: unknown, signal: AbortSignal, patience: AbortSignal): Error {
    this.#drop();
    // An answer came, if not a usable one.
    if (error instanceof WsmanUnavailable) return error;
    if (error instanceof WsmanRefused) return this.#restAfter(error, REFUSED_PAUSE);
    const late = signal.aborted || patience.aborted;
    const down = new WsmanUnavailable(late ? 'no answer in time' : reasonOf(error), { cause: error });
    // Whoever called it off, or had spent its time waiting for its turn, says nothing about the host.
    return signal.aborted && !patience.aborted ? down : this.#restAfter(down, DOWN_PAUSE);
  }

  #restAfter(error: Error, pause: number): Error {
    this.#rest = { until: this.#clock.now() + pause, reason: error.message };
    return error;
  }

  #drop(): void {
    this.#login?.connection.close();
    this.#login = undefined;
  }
}

/** Faults come with status 400 or 500, everything that was understood with 200 (DSP0226). */
function textOf({ status, type, body }: HttpAnswer): string {
  if ([200, 400, 500].includes(status) && type === 'application/soap+xml') return body;
  throw new WsmanUnavailable(`no SOAP answer, but status ${status}`);
}

function isBroken(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return code === 'ECONNRESET' || code === 'EPIPE';
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : 'no answer');
