import { ConsoleError, type DiagnosisLeg, type LegResult, type Secret } from '@remote-consoles/core';
import type { Upstream } from '../relay/upstream.js';
import { TicketedUpstream } from '../spice/ticketed-upstream.js';
import { inTime } from './in-time.js';
import { readUpstream } from './read-upstream.js';

const HEADER = 16;
const MAGIC = 'REDQ';
const MESSAGE = 18;
/** SpiceLinkReply with room for capabilities; nobody has more. */
const LONGEST_REPLY = 4096;
/** Keyboard and mouse: the one channel beside the main one that every display has. */
const INPUTS_CHANNEL = 3;
const TICKET = 128;

/** Results of a link (spice-protocol, `SpiceLinkErr`). */
const Result = { ok: 0, needSecured: 5, permissionDenied: 7, badConnectionId: 8 } as const;

/**
 * The start of a SPICE channel. It asks for a channel of a session that does not exist, so the display checks the ticket
 * and only then says so: whoever looks at the display is not thrown out, as a new session would do.
 */
export function spiceLegs(
  upstream: () => Upstream,
  ticket: Secret | undefined,
  timeout: number,
): DiagnosisLeg[] {
  let channel: Upstream | undefined;
  return [
    {
      name: 'SPICE link',
      run: async () => {
        const opened = new TicketedUpstream(upstream(), ticket?.reveal() ?? '');
        channel = opened;
        opened.write(linkMessage());
        return linkResult(await inTime(timeout, (signal) => readUpstream(opened, isReply, signal)));
      },
    },
    {
      name: 'SPICE ticket',
      run: async () => {
        const opened = channel;
        if (opened === undefined) throw new ConsoleError('console-unreachable', 'there is no SPICE channel');
        // The channel puts the real ticket in its place.
        opened.write(Buffer.alloc(TICKET));
        const result = await inTime(timeout, (signal) =>
          readUpstream(opened, (bytes) => bytes.length >= 4, signal),
        );
        return ticketResult(result.readUInt32LE(0), ticket !== undefined);
      },
    },
  ];
}

/** SpiceLinkHeader and SpiceLinkMess without capabilities. */
function linkMessage(): Buffer {
  const message = Buffer.alloc(HEADER + MESSAGE);
  message.write(MAGIC, 'latin1');
  message.writeUInt32LE(2, 4);
  message.writeUInt32LE(2, 8);
  message.writeUInt32LE(MESSAGE, 12);
  message.writeUInt32LE(1, HEADER);
  message.writeUInt8(INPUTS_CHANNEL, HEADER + 4);
  message.writeUInt32LE(MESSAGE, HEADER + 14);
  return message;
}

function isReply(bytes: Buffer): boolean {
  if (bytes.length < HEADER) return !MAGIC.startsWith(bytes.toString('latin1', 0, MAGIC.length));
  return !isSpice(bytes) || bytes.length >= HEADER + Math.max(4, bytes.readUInt32LE(12));
}

function isSpice(bytes: Buffer): boolean {
  return (
    bytes.toString('latin1', 0, 4) === MAGIC &&
    bytes.length >= HEADER &&
    bytes.readUInt32LE(12) <= LONGEST_REPLY
  );
}

function linkResult(reply: Buffer): LegResult {
  if (!isSpice(reply)) {
    const advice = 'What listens there is no SPICE display: check the port.';
    return { outcome: 'failed', detail: 'the console does not speak SPICE', advice };
  }
  const error = reply.readUInt32LE(HEADER);
  if (error === Result.ok) {
    return { outcome: 'ok', detail: `SPICE ${reply.readUInt32LE(4)}.${reply.readUInt32LE(8)}` };
  }
  const advice =
    error === Result.needSecured
      ? 'The display wants TLS: configure its TLS port.'
      : "See the display's own log for its reason.";
  return { outcome: 'failed', detail: `the display refuses the channel (error ${error})`, advice };
}

function ticketResult(result: number, hasTicket: boolean): LegResult {
  // That there is no such session is said only to who may have one.
  if (result === Result.ok || result === Result.badConnectionId) {
    return { outcome: 'ok', detail: hasTicket ? 'the ticket is accepted' : 'no ticket is needed' };
  }
  if (result === Result.permissionDenied) {
    const advice = hasTicket
      ? 'The ticket is another than that of the display, or has expired: correct it.'
      : 'The display asks for a ticket: configure it.';
    return { outcome: 'failed', detail: 'the display refuses the ticket', advice };
  }
  return {
    outcome: 'failed',
    detail: `the display refuses the ticket (error ${result})`,
    advice: "See the display's own log for its reason.",
  };
}
