import { concatBytes } from './concat-bytes.js';

/** X.224 data, as every slow-path message begins (MS-RDPBCGR §2.2.8.1.1). */
const x224Data = [2, 0xf0, 0x80] as const;
const tpktVersion = 3;
const tpktHead = 4;
/** MCS Send Data Indication (T.125 §11.33): from its tag to the length of its data. */
const sendDataIndication = 0x68;
const sendDataHead = 6;

const shareControlHead = 6;
const shareDataHead = 12;
const demandActive = 1;
const data = 7;
const update = 2;
const compressed = 0x20;
const bitmapCapability = 2;

const fastPathActionMask = 3;
const fastPathBitmap = 1;
const bitmapUpdate = 1;
const rectangleHead = 18;

/**
 * Makes rectangles of bitmap updates as wide as the rows that fill them, for viewers that draw such a bitmap askew.
 *
 * Servers pad the rows of a bitmap to four pixels (MS-RDPBCGR §2.2.9.1.1.3.1.2.2), so its width may be larger than its
 * destination. IronRDP's npm packages up to 0.7.0 take the destination for the width of a row. What is drawn beside the
 * destination then is padding, which servers fill with what is there or with a colour: small artefacts stay. A rectangle
 * that would leave the desktop is left as it is.
 *
 * Takes the server's bytes in pieces of any size and gives them on as whole messages. What it does not understand goes
 * through unchanged.
 */
export class BitmapWidener {
  #held: Uint8Array = new Uint8Array(0);
  /** In pixels; 0 until the server has said it. */
  #desktopWidth = 0;
  #lost = false;

  /** What may go to the viewer: up to 64 KiB wait for the rest of their message. */
  push(bytes: Uint8Array): Uint8Array {
    if (this.#lost) return bytes;
    const all = concatBytes(this.#held, bytes);
    let end = 0;
    for (let length = messageLength(all, end); length !== undefined; length = messageLength(all, end)) {
      if (length === 0) {
        this.#lost = true;
        this.#held = new Uint8Array(0);
        return all;
      }
      if (end + length > all.length) break;
      this.#read(all.subarray(end, end + length));
      end += length;
    }
    this.#held = all.slice(end);
    return all.subarray(0, end);
  }

  #read(message: Uint8Array): void {
    if (message[0] === tpktVersion) this.#readSlowPath(message);
    else this.#readFastPath(message);
  }

  #readSlowPath(message: Uint8Array): void {
    const indication = message.subarray(tpktHead + x224Data.length);
    if (!x224Data.every((byte, i) => message[tpktHead + i] === byte) || indication[0] !== sendDataIndication)
      return;
    const share = indication.subarray(sendDataHead + ((indication[sendDataHead] ?? 0) & 0x80 ? 2 : 1));
    if (share.length < shareControlHead + shareDataHead) return;
    const view = viewOf(share);
    const type = view.getUint16(2, true) & 0xf;
    const body = share.subarray(shareControlHead);
    if (type === demandActive) this.#readDemandActive(body);
    if (type === data && body[8] === update && ((body[9] ?? 0) & compressed) === 0) {
      this.#widen(body.subarray(shareDataHead));
    }
  }

  /** Finds the size of the desktop (MS-RDPBCGR §2.2.1.13.1, §2.2.7.1.2). */
  #readDemandActive(body: Uint8Array): void {
    const view = viewOf(body);
    let at = 8 + view.getUint16(4, true) + 4;
    while (at + 4 <= body.length) {
      const length = view.getUint16(at + 2, true);
      if (view.getUint16(at, true) === bitmapCapability && at + 14 <= body.length) {
        this.#desktopWidth = view.getUint16(at + 12, true);
      }
      if (length < 4) return;
      at += length;
    }
  }

  /** Updates one behind the other (MS-RDPBCGR §2.2.9.1.2.1). */
  #readFastPath(message: Uint8Array): void {
    // Encrypted and signed: RDP's own old encryption, which is not used inside TLS.
    if ((message[0] ?? 0) & 0xc0) return;
    let at = (message[1] ?? 0) & 0x80 ? 3 : 2;
    while (at + 3 <= message.length) {
      const head = message[at] ?? 0;
      const isCompressed = head >> 6 !== 0;
      const sizeAt = at + (isCompressed ? 2 : 1);
      if (sizeAt + 2 > message.length) return;
      const start = sizeAt + 2;
      const end = start + viewOf(message).getUint16(sizeAt, true);
      const isWhole = (head & 0x30) === 0;
      if ((head & 0xf) === fastPathBitmap && isWhole && !isCompressed && end <= message.length) {
        this.#widen(message.subarray(start, end));
      }
      at = end;
    }
  }

  /** TS_UPDATE_BITMAP_DATA (MS-RDPBCGR §2.2.9.1.1.3.1.2). */
  #widen(bitmaps: Uint8Array): void {
    const view = viewOf(bitmaps);
    if (bitmaps.length < 4 || view.getUint16(0, true) !== bitmapUpdate) return;
    let at = 4;
    for (let left = view.getUint16(2, true); left > 0 && at + rectangleHead <= bitmaps.length; left--) {
      const right = view.getUint16(at, true) + view.getUint16(at + 8, true) - 1;
      if (right > view.getUint16(at + 4, true) && right < this.#desktopWidth)
        view.setUint16(at + 4, right, true);
      at += rectangleHead + view.getUint16(at + 16, true);
    }
  }
}

/** Of the message that begins there; undefined while its head is not all there, 0 where it is no message of RDP. */
function messageLength(bytes: Uint8Array, at: number): number | undefined {
  const [first, second, third, fourth] = bytes.subarray(at, at + 4);
  if (first === undefined || second === undefined) return undefined;
  if (first === tpktVersion) {
    if (third === undefined || fourth === undefined) return undefined;
    return third * 256 + fourth > tpktHead ? third * 256 + fourth : 0;
  }
  if ((first & fastPathActionMask) !== 0) return 0;
  const length =
    (second & 0x80) === 0 ? second : third === undefined ? undefined : (second & 0x7f) * 256 + third;
  return length === undefined || length > 2 ? length : 0;
}

const viewOf = (bytes: Uint8Array): DataView =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
