import {
  addressBlock,
  ConsoleError,
  type RedeemConsoleToken,
  type RedeemConsoleTokenRequest,
  type RedeemedConsole,
} from '@remote-consoles/core';
import type { ConsoleRecords } from '../session/console-records.js';
import type { Refusal } from './refusal.js';

/** Where an address stands. */
export interface FailureState {
  /** How many more failures it may have in this window. */
  readonly remaining: number;
  /** ms until the window is over */
  readonly reset: number;
}

/** Counts failures by key: so many in each window of so long. */
export interface FailureLimiter {
  /** Without counting. Never rejects. */
  look(key: string): Promise<FailureState>;
  /** Counts one more. Never rejects. */
  consume(key: string): Promise<unknown>;
}

/** Too many tokens from this address were no good: none is looked up. */
export class TooManyGuesses extends Error {
  override readonly name = 'TooManyGuesses';
  readonly refusal: Refusal;

  /** @param wait ms */
  constructor(wait: number) {
    const seconds = Math.max(1, Math.ceil(wait / 1000));
    const message = `too many tokens from this address were not valid; try again in ${seconds} s`;
    super(message);
    this.refusal = { status: 429, code: 'rate-limited', message, headers: [`Retry-After: ${seconds}`] };
  }
}

/** What the gateway does with tokens. */
export type Redeem = Pick<RedeemConsoleToken, 'execute'> & {
  /** @param clientAddress who asks */
  inspect(token: string, clientAddress?: string): Promise<void>;
};

/**
 * Redeems tokens, but no more of an address that has come with too many which are not valid. Handshakes that are under
 * way at once may exceed that by their own number, which is limited too.
 */
export class GuessLimit implements Redeem {
  readonly #redeem: Pick<RedeemConsoleToken, 'execute' | 'inspect'>;
  readonly #limiter: FailureLimiter;
  readonly #records: ConsoleRecords;

  constructor(
    redeem: Pick<RedeemConsoleToken, 'execute' | 'inspect'>,
    limiter: FailureLimiter,
    records: ConsoleRecords,
  ) {
    this.#redeem = redeem;
    this.#limiter = limiter;
    this.#records = records;
  }

  async execute(request: RedeemConsoleTokenRequest): Promise<RedeemedConsole> {
    const { clientAddress } = request;
    try {
      return await this.#limited(clientAddress, () => this.#redeem.execute(request));
    } catch (error) {
      if (error instanceof TooManyGuesses) this.#records.refused(error.refusal, clientAddress);
      throw error;
    }
  }

  /** Whoever asks keeps the record, as for any answer to a look-up. */
  inspect(token: string, clientAddress?: string): Promise<void> {
    return this.#limited(clientAddress, () => this.#redeem.inspect(token));
  }

  async #limited<Result>(clientAddress: string | undefined, work: () => Promise<Result>): Promise<Result> {
    if (clientAddress === undefined) return work();
    const key = addressBlock(clientAddress);
    const { remaining, reset } = await this.#limiter.look(key);
    if (remaining <= 0) throw new TooManyGuesses(reset);
    try {
      return await work();
    } catch (error) {
      if (error instanceof ConsoleError && error.code === 'token-invalid') await this.#limiter.consume(key);
      throw error;
    }
  }
}

/** The tokens' use case, with the limit where there is one. */
export function guarded(
  redeem: Pick<RedeemConsoleToken, 'execute' | 'inspect'>,
  limiter: FailureLimiter | undefined,
  records: ConsoleRecords,
): Redeem {
  return limiter ? new GuessLimit(redeem, limiter, records) : redeem;
}
