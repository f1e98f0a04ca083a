import { AUTOMATIC_ATTEMPTS, retryDelay } from './back-off.js';
import { CLOSED_BY_USER, type Explanation, explainClose, NO_TOKEN, TOO_SLOW } from './explanation.js';

/** What the page shows. */
export type ConsoleState =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'connected' }
  | {
      readonly kind: 'waiting';
      readonly explanation: Explanation;
      readonly attempt: number;
      readonly attempts: number;
      /** When the next attempt starts, on the clock of `Date.now()`. */
      readonly until: number;
    }
  | { readonly kind: 'over'; readonly explanation: Explanation };

/** How a connection ended. */
export type Ending =
  | { readonly kind: 'never-opened' }
  | { readonly kind: 'closed'; readonly code: number; readonly reason: string }
  | { readonly kind: 'broken'; readonly explanation: Explanation };

/** What a protocol's client tells its session. Calls after `ended` are ignored. */
export interface ConnectionEvents {
  /** The console is usable. */
  connected(): void;
  ended(ending: Ending): void;
}

/** One connection of one protocol's client. */
export interface Connection {
  /** Frees everything; may or may not call `ended`. */
  close(): void;
}

/** What a session needs from its page. */
export interface SessionParts {
  readonly open: (token: string, events: ConnectionEvents) => Connection;
  readonly whyRefused: (token: string) => Promise<Explanation>;
  readonly show: (state: ConsoleState) => void;
}

const OPEN_TIMEOUT_MS = 40_000;
// A connection that lived this long starts the counting of automatic attempts afresh.
const SETTLED_MS = 30_000;

/** One console from the page's side: connects, explains, waits and tries again. The same for every protocol. */
export class ConsoleSession {
  readonly #token: string | undefined;
  readonly #parts: SessionParts;
  #connection: Connection | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #attempt = 0;
  #waitingFor: Explanation | undefined;
  #connectedAt: number | undefined;
  // Tells the events of the present connection from those of an earlier one.
  #generation = 0;

  constructor(token: string | undefined, parts: SessionParts) {
    this.#token = token;
    this.#parts = parts;
  }

  /** Connects; also the answer to "connect again" and "try now". */
  connect(): void {
    const generation = this.#drop();
    const token = this.#token;
    if (token === undefined) {
      this.#parts.show({ kind: 'over', explanation: NO_TOKEN });
      return;
    }
    this.#parts.show({ kind: 'connecting' });
    this.#timer = setTimeout(() => this.#finish(TOO_SLOW), OPEN_TIMEOUT_MS);
    const connection = this.#parts.open(token, {
      connected: () => {
        if (generation === this.#generation) this.#connected();
      },
      ended: (ending) => {
        if (generation === this.#generation) void this.#ended(ending, token);
      },
    });
    if (generation === this.#generation) this.#connection = connection;
    else connection.close();
  }

  /** Ends the console because the person said so. */
  disconnect(): void {
    this.#finish(CLOSED_BY_USER);
  }

  /** Ends the waiting for the next automatic attempt; the reason to wait stays on show. */
  stopWaiting(): void {
    const waitingFor = this.#waitingFor;
    if (waitingFor === undefined) return;
    this.#finish({ ...waitingFor, advice: 'Connect again when you are ready.', next: 'reconnect' });
  }

  #connected(): void {
    clearTimeout(this.#timer);
    this.#connectedAt = Date.now();
    this.#parts.show({ kind: 'connected' });
  }

  async #ended(ending: Ending, token: string): Promise<void> {
    const generation = this.#drop();
    const explanation = await this.#explain(ending, token);
    if (generation !== this.#generation) return;
    const delay = explanation.next === 'retry' ? retryDelay(this.#attempt + 1) : undefined;
    if (delay === undefined) {
      this.#finish(explanation);
      return;
    }
    this.#attempt += 1;
    this.#waitingFor = explanation;
    this.#parts.show({
      kind: 'waiting',
      explanation,
      attempt: this.#attempt,
      attempts: AUTOMATIC_ATTEMPTS,
      until: Date.now() + delay,
    });
    this.#timer = setTimeout(() => this.connect(), delay);
  }

  async #explain(ending: Ending, token: string): Promise<Explanation> {
    switch (ending.kind) {
      case 'never-opened':
        return this.#parts.whyRefused(token);
      case 'closed':
        return explainClose(ending.code, ending.reason);
      case 'broken':
        return ending.explanation;
    }
  }

  #finish(explanation: Explanation): void {
    this.#drop();
    this.#attempt = 0;
    this.#parts.show({ kind: 'over', explanation });
  }

  #drop(): number {
    clearTimeout(this.#timer);
    this.#waitingFor = undefined;
    if (this.#connectedAt !== undefined && Date.now() - this.#connectedAt >= SETTLED_MS) this.#attempt = 0;
    this.#connectedAt = undefined;
    const connection = this.#connection;
    this.#connection = undefined;
    this.#generation += 1;
    connection?.close();
    return this.#generation;
  }
}
