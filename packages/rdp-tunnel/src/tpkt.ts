import { RdpTunnelError } from './errors.js';

/** Bytes in front of every X.224 message of RDP (RFC 1006 §6). */
export const tpktHeadLength = 4;

/**
 * Length in bytes of the TPKT that `bytes` begin with, its head included; `undefined` while the head is not all there.
 * @throws {RdpTunnelError} `malformed`; `too-long` above `maximum`
 */
export function tpktLength(bytes: Uint8Array, maximum: number): number | undefined {
  if (bytes[0] !== undefined && bytes[0] !== 3)
    throw new RdpTunnelError('malformed', 'not a TPKT of version 3');
  if (bytes.length < tpktHeadLength) return undefined;
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint16(2, false);
  if (length <= tpktHeadLength) throw new RdpTunnelError('malformed', 'a TPKT without content');
  if (length > maximum) {
    throw new RdpTunnelError('too-long', `a TPKT of ${length} bytes, at most ${maximum} are taken here`);
  }
  return length;
}

/** The content of one whole TPKT. */
export function tpktContent(bytes: Uint8Array, maximum: number): Uint8Array {
  if (tpktLength(bytes, maximum) !== bytes.length)
    throw new RdpTunnelError('malformed', 'not one whole TPKT');
  return bytes.subarray(tpktHeadLength);
}

/** Content with its head in front. */
export function encodeTpkt(content: Uint8Array): Uint8Array {
  const packet = new Uint8Array(tpktHeadLength + content.length);
  packet[0] = 3;
  new DataView(packet.buffer).setUint16(2, packet.length, false);
  packet.set(content, tpktHeadLength);
  return packet;
}
