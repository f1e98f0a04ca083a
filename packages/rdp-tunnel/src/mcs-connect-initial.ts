import { DerReader, DerTag } from './der.js';
import { RdpTunnelError } from './errors.js';
import { FrameBuffer } from './frame-buffer.js';
import { tpktContent, tpktLength } from './tpkt.js';

/** A client with sixteen monitors and all its channels stays far below. */
const maximumLength = 16_384;

/** X.224 data: length indicator, type, end of transmission. */
const dataHead = [2, 0xf0, 0x80] as const;

/** MCS Connect-Initial is [APPLICATION 101], a tag of two bytes (T.125 §7). */
const connectInitialTag = [0x7f, 0x65] as const;

/** H.221 key of the client's data in the GCC conference create request (MS-RDPBCGR §2.2.1.3). */
const clientKey = [0x44, 0x75, 0x63, 0x61] as const; // 'Duca'

/** How far into the GCC data the key may begin; every client has it at 18 or so. */
const clientKeySearch = 64;

const clientCoreData = 0xc001;
/** From the start of the block, its head included (MS-RDPBCGR §2.2.1.3.2). */
const serverSelectedProtocolOffset = 212;

/**
 * Sets `serverSelectedProtocol` in a client's MCS Connect-Initial, the first message after X.224. A server takes a client
 * that was told another protocol than it chose for the victim of a downgrade (MS-RDPBCGR §3.3.5.3.3).
 */
export class McsConnectInitialRewriter {
  readonly #protocol: number;
  readonly #inbox = new FrameBuffer();
  #done = false;

  /** @param protocol What the server chose, one of {@link SecurityProtocol}. */
  constructor(protocol: number) {
    this.#protocol = protocol;
  }

  /** Has the message gone through? From then on there is no more use for this. */
  get done(): boolean {
    return this.#done;
  }

  /**
   * Takes what the client sent, in pieces of any size, and gives what may go to the server: nothing until the whole
   * message is there, afterwards everything as it is.
   * @throws {RdpTunnelError} `malformed`, `too-long`
   */
  push(bytes: Uint8Array): Uint8Array {
    if (this.#done) return bytes;
    this.#inbox.push(bytes);
    const packet = this.#inbox.take((head) => tpktLength(head, maximumLength));
    if (!packet) return new Uint8Array(0);
    setServerSelectedProtocol(packet, this.#protocol);
    this.#done = true;
    const rest = this.#inbox.takeAll();
    const out = new Uint8Array(packet.length + rest.length);
    out.set(packet);
    out.set(rest, packet.length);
    return out;
  }
}

function setServerSelectedProtocol(packet: Uint8Array, protocol: number): void {
  const block = findCoreData(readUserData(readConnectInitial(tpktContent(packet, maximumLength))));
  if (block.byteLength < serverSelectedProtocolOffset + 4)
    throw malformed('it does not say which protocol was selected');
  block.setUint32(serverSelectedProtocolOffset, protocol, true);
}

function readConnectInitial(content: Uint8Array): Uint8Array {
  if (!startsWith(content, dataHead)) throw malformed('not X.224 data');
  const message = content.subarray(dataHead.length);
  if (!startsWith(message, connectInitialTag)) throw malformed('not an MCS Connect-Initial');
  const outer = new DerReader(message.subarray(1));
  const fields = outer.read(connectInitialTag[1]);
  outer.end();
  return fields;
}

/** The GCC data behind two selectors, a flag and three sets of domain parameters. */
function readUserData(fields: Uint8Array): Uint8Array {
  const reader = new DerReader(fields);
  const { octetString, boolean, sequence } = DerTag;
  for (const tag of [octetString, octetString, boolean, sequence, sequence, sequence]) reader.read(tag);
  const userData = reader.read(octetString);
  reader.end();
  return userData;
}

function findCoreData(userData: Uint8Array): DataView {
  let at = 0;
  while (!startsWith(userData.subarray(at), clientKey)) {
    if (++at > clientKeySearch) throw malformed('no client data in it');
  }
  for (let blocks = readPerOctets(userData.subarray(at + clientKey.length)); blocks.length > 0; ) {
    const view = new DataView(blocks.buffer, blocks.byteOffset, blocks.byteLength);
    const length = blocks.length < 4 ? 0 : view.getUint16(2, true);
    if (length < 4 || length > blocks.length) throw malformed('a block of client data');
    if (view.getUint16(0, true) === clientCoreData) return new DataView(view.buffer, view.byteOffset, length);
    blocks = blocks.subarray(length);
  }
  throw malformed('no client core data in it');
}

/** Octets behind their PER length of one byte, or of two with the top bit set (X.691 §10.9). */
function readPerOctets(bytes: Uint8Array): Uint8Array {
  const [first = 0, second = 0] = bytes;
  const [head, length] = first < 0x80 ? [1, first] : [2, (first & 0x3f) * 256 + second];
  if (first >= 0xc0 || head + length > bytes.length) throw malformed('the length of the client data');
  return bytes.subarray(head, head + length);
}

const startsWith = (bytes: Uint8Array, start: readonly number[]): boolean =>
  start.every((byte, i) => bytes[i] === byte);

const malformed = (what: string): RdpTunnelError =>
  new RdpTunnelError('malformed', `broken MCS Connect-Initial: ${what}`);
