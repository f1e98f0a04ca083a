/** The largest read. */
export const LARGEST_READ = 65_536;
/** The largest read while someone types in another session. */
const LARGEST_READ_BESIDE_TYPING = 16_384;
/** ms for which a session counts as active after its last bytes. */
const ACTIVE_FOR = 5;
/** ms for which a keystroke counts as waiting for its echo. */
const TYPING_FOR = 50;

/** One direction of one session. */
export class Flow {
  turn = 0;
  spent = 0;
  readonly session: object;
  /** How many times the normal share it gets. */
  readonly weight: number;
  readonly resume: () => void;

  constructor(session: object, weight: number, resume: () => void) {
    this.session = session;
    this.weight = weight;
    this.resume = resume;
  }
}

/**
 * Shares the event loop between sessions. libuv reads up to 2 MiB from one socket before it looks at the next, so that
 * a keystroke waits for every screen that streams; here each flow gets a share per turn of the loop. Only while
 * others are active: alone, a session runs at full speed and nothing is counted.
 */
export class FairShare {
  /** The most to read at once, in bytes. */
  readLimit = LARGEST_READ;
  readonly #now: () => number;
  readonly #nextTurn: (callback: () => void) => void;
  #turn = 1;
  #turnDue = false;
  #waiting: Flow[] = [];
  #latest: object | undefined;
  #latestAt = Number.NEGATIVE_INFINITY;
  #otherAt = Number.NEGATIVE_INFINITY;
  #typedAt = Number.NEGATIVE_INFINITY;

  /**
   * @param now a steady clock, ms
   * @param nextTurn calls back in the loop's next turn, after other sockets were read
   */
  constructor(
    now: () => number = () => performance.now(),
    nextTurn: (callback: () => void) => void = (callback) => void setImmediate(callback),
  ) {
    this.#now = now;
    this.#nextTurn = nextTurn;
  }

  /** Notes that someone typed and now looks for the answer. */
  typed(): void {
    this.#typedAt = this.#now();
  }

  /**
   * Notes bytes that were relayed.
   *
   * @returns false if the flow has had its share: it must stop until `flow.resume` is called
   */
  spend(flow: Flow, bytes: number): boolean {
    const goOn = this.note(flow, bytes);
    if (!goOn) this.#waiting.push(flow);
    return goOn;
  }

  /**
   * Notes bytes of a flow that stops by itself until they have been sent. With TLS that is each read: Node's TLS ends
   * no write before the loop's next turn.
   *
   * @returns whether the flow has some of its share left
   */
  note(flow: Flow, bytes: number): boolean {
    const now = this.#now();
    if (!this.#contended(flow.session, now)) {
      this.readLimit = LARGEST_READ;
      return true;
    }
    this.readLimit = now - this.#typedAt < TYPING_FOR ? LARGEST_READ_BESIDE_TYPING : LARGEST_READ;
    if (flow.turn !== this.#turn) {
      flow.turn = this.#turn;
      flow.spent = 0;
    }
    flow.spent += bytes;
    this.#expectTurn();
    return flow.spent < this.readLimit * flow.weight;
  }

  #contended(session: object, now: number): boolean {
    if (session !== this.#latest) {
      this.#otherAt = this.#latestAt;
      this.#latest = session;
    }
    this.#latestAt = now;
    return now - this.#otherAt < ACTIVE_FOR;
  }

  #expectTurn(): void {
    if (this.#turnDue) return;
    this.#turnDue = true;
    this.#nextTurn(() => {
      this.#turnDue = false;
      this.#turn++;
      const waiting = this.#waiting;
      this.#waiting = [];
      for (const flow of waiting) flow.resume();
    });
  }
}
