import { constants, createPublicKey, type KeyObject, publicEncrypt } from 'node:crypto';

/** `REDQ`, version, and how many bytes follow; all numbers of the protocol are little-endian. */
const HEADER = 16;
const MAGIC = 0x51444552;
/** SpiceLinkMess and SpiceLinkReply without capabilities; more than a few words of those nobody has. */
const LONGEST_BODY = 4096;
const MESSAGE = 18;
const REPLY = 178;
const KEY_LENGTH = 162;
/** A ticket is encrypted for a key of 1024 bits. */
const TICKET = 128;
/** Bit 0 of the common capabilities: the client names its authentication before the ticket. */
const AUTH_SELECTION = 1;
const AUTH_SPICE = 1;

/** Longest password that SPICE has (SPICE_MAX_PASSWORD_LENGTH), bytes. */
export const LONGEST_TICKET = 60;

/** Where the viewer's bytes stand. */
type ViewerPhase = 'link' | 'mechanism' | 'ticket' | 'over';

/**
 * The start of a SPICE channel (spice-protocol, link messages), seen from between viewer and display: the viewer's
 * ticket, encrypted for the display's key, is replaced by the real one, so that the viewer need not know it.
 * Does no I/O; bytes may be cut anywhere. What does not look like SPICE goes through as it is.
 */
export class SpiceLink {
  readonly #ticket: string;
  #phase: ViewerPhase = 'link';
  #fromViewer = Buffer.alloc(0);
  #fromDisplay: Buffer | undefined = Buffer.alloc(0);
  #viewerSelects = false;
  #displaySelects = false;
  #key: KeyObject | undefined;

  constructor(ticket: string) {
    this.#ticket = ticket;
  }

  /** Whether there is nothing left to see or change. */
  get over(): boolean {
    return this.#phase === 'over';
  }

  /** Reads along what the display sends to the viewer. */
  display(bytes: Uint8Array): void {
    if (this.#fromDisplay === undefined) return;
    this.#fromDisplay = Buffer.concat([this.#fromDisplay, bytes.subarray(0, HEADER + LONGEST_BODY)]);
    const body = linkBody(this.#fromDisplay);
    if (body === 'more') return;
    this.#fromDisplay = undefined;
    if (body === 'other' || body.length < REPLY || body.readUInt32LE(0) !== 0) return;
    this.#displaySelects = selects(body, REPLY - 12);
    this.#key = publicKey(body.subarray(4, 4 + KEY_LENGTH));
  }

  /** @returns what to send to the display instead of these bytes of the viewer */
  viewer(bytes: Uint8Array): Buffer {
    this.#fromViewer = Buffer.concat([this.#fromViewer, bytes]);
    const sent: Buffer[] = [];
    for (let part = this.#next(); part !== undefined; part = this.#next()) sent.push(part);
    return Buffer.concat(sent);
  }

  #next(): Buffer | undefined {
    if (this.#fromViewer.length === 0) return undefined;
    switch (this.#phase) {
      case 'link':
        return this.#link();
      case 'mechanism':
        return this.#mechanism();
      case 'ticket':
        if (this.#fromViewer.length < TICKET) return undefined;
        this.#phase = 'over';
        return this.#encrypted(this.#take(TICKET));
      case 'over':
        return this.#take(this.#fromViewer.length);
    }
  }

  #link(): Buffer | undefined {
    const body = linkBody(this.#fromViewer);
    if (body === 'more') return undefined;
    if (body === 'other' || body.length < MESSAGE) return this.#giveUp();
    this.#viewerSelects = selects(body, MESSAGE - 12);
    this.#phase = 'mechanism';
    return this.#take(HEADER + body.length);
  }

  /** The viewer goes on when the display has answered, so that its capabilities are known by now. */
  #mechanism(): Buffer | undefined {
    if (!this.#viewerSelects || !this.#displaySelects) {
      this.#phase = 'ticket';
      return Buffer.alloc(0);
    }
    if (this.#fromViewer.length < 4) return undefined;
    if (this.#fromViewer.readUInt32LE(0) !== AUTH_SPICE) return this.#giveUp();
    this.#phase = 'ticket';
    return this.#take(4);
  }

  #giveUp(): Buffer {
    this.#phase = 'over';
    return this.#take(this.#fromViewer.length);
  }

  #take(count: number): Buffer {
    const taken = this.#fromViewer.subarray(0, count);
    this.#fromViewer = this.#fromViewer.subarray(count);
    return taken;
  }

  #encrypted(viewers: Buffer): Buffer {
    if (this.#key === undefined) return viewers;
    const options = { key: this.#key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha1' };
    return publicEncrypt(options, Buffer.from(`${this.#ticket}\0`));
  }
}

/** The message behind a link header, once it is all there; `other` for what is no link message. */
function linkBody(bytes: Buffer): Buffer | 'more' | 'other' {
  if (bytes.length < HEADER) return 'more';
  const length = bytes.readUInt32LE(12);
  if (bytes.readUInt32LE(0) !== MAGIC || length > LONGEST_BODY) return 'other';
  return bytes.length < HEADER + length ? 'more' : bytes.subarray(HEADER, HEADER + length);
}

/** @param at where the number of common capabilities stands; that of the channel's own and their offset follow */
function selects(body: Buffer, at: number): boolean {
  const offset = body.readUInt32LE(at + 8);
  return (
    body.readUInt32LE(at) > 0 &&
    offset + 4 <= body.length &&
    (body.readUInt32LE(offset) & AUTH_SELECTION) !== 0
  );
}

/** A key for tickets of just the length that the protocol has. */
function publicKey(der: Buffer): KeyObject | undefined {
  try {
    const key = createPublicKey({ key: der, format: 'der', type: 'spki' });
    return key.asymmetricKeyDetails?.modulusLength === TICKET * 8 ? key : undefined;
  } catch {
    return undefined;
  }
}
