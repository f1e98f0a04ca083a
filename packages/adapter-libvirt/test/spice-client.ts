import { constants, createPublicKey, publicEncrypt } from 'node:crypto';
import type { Duplex } from 'node:stream';
import { read } from './dial.js';

// SPICE protocol, "Link": SpiceLinkHeader, SpiceLinkMess, SpiceLinkReply
const magic = 'REDQ';
const headerLength = 16;
const publicKeyLength = 162;

const mainChannel = 1;

export type SpiceLink = 'ok' | 'needs-tls' | 'permission-denied' | `error ${number}`;

const results: Readonly<Record<number, SpiceLink>> = { 0: 'ok', 5: 'needs-tls', 7: 'permission-denied' };
const resultOf = (code: number): SpiceLink => results[code] ?? `error ${code}`;

/** Links one channel (main unless another is asked for) and says how the display answers the ticket. */
export async function linkSpice(stream: Duplex, ticket: string, channel = mainChannel): Promise<SpiceLink> {
  const message = Buffer.alloc(headerLength + 18);
  message.write(magic, 0, 'latin1');
  message.writeUInt32LE(2, 4);
  message.writeUInt32LE(2, 8);
  message.writeUInt32LE(18, 12);
  message.writeUInt8(channel, headerLength + 4);
  message.writeUInt32LE(18, headerLength + 14); // where capabilities would be
  stream.write(message);
  const header = await read(stream, headerLength);
  if (header.toString('latin1', 0, 4) !== magic) throw new Error('no SPICE');
  const reply = await read(stream, header.readUInt32LE(12));
  const linked = resultOf(reply.readUInt32LE(0));
  if (linked !== 'ok') return linked;
  const key = createPublicKey({ key: reply.subarray(4, 4 + publicKeyLength), format: 'der', type: 'spki' });
  const padding = constants.RSA_PKCS1_OAEP_PADDING;
  stream.write(publicEncrypt({ key, padding, oaepHash: 'sha1' }, Buffer.from(`${ticket}\0`)));
  return resultOf((await read(stream, 4)).readUInt32LE(0));
}
