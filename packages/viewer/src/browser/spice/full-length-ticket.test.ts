import { expect, test } from 'vitest';
import { sendFullLengthTickets } from './full-length-ticket.js';

class Connection {
  readonly name: string;
  readonly sent: number[][] = [];
  constructor(name: string) {
    this.name = name;
  }
  send_ticket(ticket: readonly number[]): void {
    this.sent.push([...ticket]);
  }
}
sendFullLengthTickets(Connection.prototype);

test.each([128, 127, 126])('a ticket of %i bytes is sent as the 128 bytes of the same number', (length) => {
  const ticket = Array.from({ length }, (_, at) => at + 1);
  const connection = new Connection('main');
  connection.send_ticket(ticket);
  expect(connection.sent).toEqual([[...new Array(128 - length).fill(0), ...ticket]]);
});
