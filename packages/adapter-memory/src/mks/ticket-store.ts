import type { Clock, Random } from '@remote-consoles/core';

const LIFETIME_MS = 30_000;
const MAX_TICKETS = 1024;

/** Tickets that open one connection each, soon or never. Where too many wait, the oldest goes. */
export class TicketStore {
  readonly #clock: Clock;
  readonly #random: Random;
  /** Ticket and its last moment, oldest first. */
  readonly #tickets = new Map<string, number>();

  constructor(clock: Clock, random: Random) {
    this.#clock = clock;
    this.#random = random;
  }

  issue(): string {
    this.#forgetExpired();
    const [oldest] = this.#tickets.keys();
    if (oldest !== undefined && this.#tickets.size >= MAX_TICKETS) this.#tickets.delete(oldest);
    const ticket = this.#random.uuid();
    this.#tickets.set(ticket, this.#clock.now() + LIFETIME_MS);
    return ticket;
  }

  /** Whether the ticket was good; it is not again. */
  redeem(ticket: string): boolean {
    const expires = this.#tickets.get(ticket);
    this.#tickets.delete(ticket);
    return expires !== undefined && this.#clock.now() < expires;
  }

  clear(): void {
    this.#tickets.clear();
  }

  #forgetExpired(): void {
    const now = this.#clock.now();
    for (const [ticket, expires] of this.#tickets) {
      if (expires > now) return;
      this.#tickets.delete(ticket);
    }
  }
}
