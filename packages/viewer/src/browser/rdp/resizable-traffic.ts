import type { LibraryTraffic } from '../session/library-sockets.js';
import { messageLength, type ShareControl, shareControlOf } from './rdp-message.js';

/** 'Duca', before the client's data in the MCS Connect-Initial (MS-RDPBCGR §2.2.1.3). */
const CLIENT_KEY = [0x44, 0x75, 0x63, 0x61] as const;
const CORE_DATA = 0xc001;
/** From the start of the client core data (MS-RDPBCGR §2.2.1.3.2). */
const CLIENT_BUILD = 20;
/** Of Windows XP, as FreeRDP has it too. */
const RESIZABLE_BUILD = 2600;
const TPKT = 3;
// Raw pixels of the largest desktops there are; a machine that sends more is not waiting for an answer.
const MOST_HELD = 64 * 1024 * 1024;

/**
 * Makes a session through IronRDP (npm packages up to 0.7.0) stand a desktop that takes another size, which is a
 * deactivation and a reactivation (MS-RDPBCGR §1.3.1.3). Each of these was seen with xrdp 0.9.21:
 *
 * - The library says that it is build 0 of a client. xrdp takes builds up to 419 for ones that cannot, and resizes the
 *   desktop without a word to them.
 * - The library ends the session at a Deactivate All without its fields, as Windows XP and xrdp send it.
 * - It also does so when the machine draws before the reactivation is over, which xrdp does at once.
 *
 * To be taken out when a version of the library is published that does all three.
 */
export class ResizableTraffic implements LibraryTraffic {
  #opened = false;
  #reactivating = false;
  #rest: Uint8Array<ArrayBuffer> = new Uint8Array(0);
  #held: Uint8Array<ArrayBuffer>[] = [];
  #heldBytes = 0;

  get opened(): boolean {
    return this.#opened;
  }

  /** What the library sends. RDP begins with its first packet, after RDCleanPath. */
  sent(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
    if (this.#opened || bytes[0] !== TPKT) return bytes;
    this.#opened = true;
    return withClientBuild(bytes);
  }

  /** Takes the machine's bytes in pieces of any size and gives them on as whole messages. */
  received(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
    if (!this.#opened) return bytes;
    const all = concat([this.#rest, bytes]);
    const out: Uint8Array<ArrayBuffer>[] = [];
    let at = 0;
    for (let length = messageLength(all, at); length !== undefined; length = messageLength(all, at)) {
      // No message of RDP: the library is to say so.
      if (length === 0) length = all.length - at;
      if (at + length > all.length) break;
      out.push(...this.#take(all.subarray(at, at + length)));
      at += length;
    }
    this.#rest = all.slice(at);
    return concat(out);
  }

  #take(message: Uint8Array<ArrayBuffer>): readonly Uint8Array<ArrayBuffer>[] {
    const share = shareControlOf(message);
    if (share.kind === 'deactivate-all') {
      this.#reactivating = true;
      return [share.whole];
    }
    if (!this.#reactivating || !mayWait(share)) return [message];
    if (share.kind === 'font-map') return [message, ...this.#release()];
    this.#held.push(message.slice());
    this.#heldBytes += message.length;
    return this.#heldBytes > MOST_HELD ? this.#release() : [];
  }

  #release(): readonly Uint8Array<ArrayBuffer>[] {
    const held = this.#held;
    this.#held = [];
    this.#heldBytes = 0;
    this.#reactivating = false;
    return held;
  }
}

/** The capability exchange, its finalization and the end of a connection go on at once. */
function mayWait({ kind }: ShareControl): boolean {
  return kind !== 'activation' && kind !== 'none';
}

function withClientBuild(packet: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const key = packet.findIndex((_, at) => CLIENT_KEY.every((byte, i) => packet[at + i] === byte));
  if (key < 0) return packet;
  // A PER length of one byte, or of two with the top bit set (X.691 §10.9).
  const lengthAt = key + CLIENT_KEY.length;
  const core = lengthAt + ((packet[lengthAt] ?? 0) & 0x80 ? 2 : 1);
  const mended = packet.slice();
  const view = new DataView(mended.buffer);
  if (core + CLIENT_BUILD + 4 > mended.length || view.getUint16(core, true) !== CORE_DATA) return packet;
  if (view.getUint32(core + CLIENT_BUILD, true) === 0) {
    view.setUint32(core + CLIENT_BUILD, RESIZABLE_BUILD, true);
  }
  return mended;
}

function concat(pieces: readonly Uint8Array<ArrayBuffer>[]): Uint8Array<ArrayBuffer> {
  const [first] = pieces;
  if (pieces.length === 1 && first !== undefined) return first;
  const all = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}
