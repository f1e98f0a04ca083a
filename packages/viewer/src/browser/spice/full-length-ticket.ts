/** Bytes of a ticket encrypted for the 1024-bit key that every SPICE server has. */
const TICKET = 128;

/** The part of the library's connections that sends tickets. */
interface TicketSender {
  send_ticket(ticket: readonly number[]): void;
}

/**
 * Makes a library's connections send tickets at full length. spice-html5 0.2.1 turns the encrypted number into bytes
 * without its leading zeros, and fills up at the wrong end: one channel in 256, so one session in some forty, was refused.
 *
 * @param connection the prototype of the library's connections
 */
export function sendFullLengthTickets(connection: TicketSender): void {
  const send = connection.send_ticket;
  connection.send_ticket = function (this: TicketSender, ticket) {
    const zeros = new Array<number>(Math.max(0, TICKET - ticket.length)).fill(0);
    send.call(this, [...zeros, ...ticket]);
  };
}
