import {
  addressBlock,
  type Clock,
  ConsoleError,
  RateLimit,
  type RedeemConsoleToken,
  type RedeemConsoleTokenRequest,
  type RedeemedConsole,
} from '@remote-consoles/core';
import type { Refusal } from './refusal.js';

/** s in which an address may present so many tokens that nobody was given */
const WINDOW = 60;

/** Turns away addresses that keep presenting tokens that nobody was given, before their next one is looked up. */
export class GuessingGuard {
  readonly #redeem: Pick<RedeemConsoleToken, 'execute' | 'inspect'>;
  readonly #failures: RateLimit | undefined;

  /** @param quota failures of one address in a minute; infinity for no limit */
  constructor(redeem: Pick<RedeemConsoleToken, 'execute' | 'inspect'>, quota: number, clock: Clock) {
    this.#redeem = redeem;
    this.#failures = Number.isFinite(quota) ? new RateLimit({ quota, window: WINDOW }, clock) : undefined;
  }

  /** Why this address has to wait, if it has to. */
  refusal(clientAddress: string | undefined): Refusal | undefined {
    if (clientAddress === undefined) return undefined;
    const state = this.#failures?.look(addressBlock(clientAddress));
    if (!state || state.allowed) return undefined;
    const seconds = Math.max(1, Math.ceil(state.retryAfter / 1000));
    return {
      status: 429,
      code: 'limit-exceeded',
      message: `too many unknown tokens came from this address; try again in ${seconds} s`,
      headers: [`Retry-After: ${seconds}`],
    };
  }

  execute(request: RedeemConsoleTokenRequest): Promise<RedeemedConsole> {
    return this.#watch(request.clientAddress, this.#redeem.execute(request));
  }

  inspect(token: string, clientAddress: string | undefined): Promise<void> {
    return this.#watch(clientAddress, this.#redeem.inspect(token));
  }

  async #watch<Result>(clientAddress: string | undefined, attempt: Promise<Result>): Promise<Result> {
    try {
      return await attempt;
    } catch (error) {
      const unknown = error instanceof ConsoleError && error.code === 'token-invalid';
      if (unknown && clientAddress !== undefined) this.#failures?.take(addressBlock(clientAddress));
      throw error;
    }
  }
}
