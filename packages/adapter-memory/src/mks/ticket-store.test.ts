import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { TicketStore } from './ticket-store.js';

function store() {
  const time = { ms: 0 };
  return { time, tickets: new TicketStore({ now: () => time.ms }, { uuid: randomUUID }) };
}

describe('TicketStore', () => {
  it('lets each ticket in once', () => {
    const { tickets } = store();
    const [a, b] = [tickets.issue(), tickets.issue()];
    expect([tickets.redeem(a), tickets.redeem(a), tickets.redeem(b), tickets.redeem('')]).toEqual([
      true,
      false,
      true,
      false,
    ]);
  });

  it('lets nobody in after 30 seconds', () => {
    const { tickets, time } = store();
    const [early, late] = [tickets.issue(), tickets.issue()];
    time.ms = 29_999;
    expect(tickets.redeem(early)).toBe(true);
    time.ms = 30_000;
    expect(tickets.redeem(late)).toBe(false);
  });

  it('keeps the newest where too many wait', () => {
    const { tickets } = store();
    const first = tickets.issue();
    const rest = Array.from({ length: 1024 }, () => tickets.issue());
    expect(tickets.redeem(first)).toBe(false);
    expect(rest.every((ticket) => tickets.redeem(ticket))).toBe(true);
  });

  it('forgets all at once', () => {
    const { tickets } = store();
    const ticket = tickets.issue();
    tickets.clear();
    expect(tickets.redeem(ticket)).toBe(false);
  });
});
