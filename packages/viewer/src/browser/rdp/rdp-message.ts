const TPKT = 3;
const TPKT_HEAD = 4;
/** X.224 data, then MCS Send Data Indication (T.125 §11.33), of any initiator and channel. */
const X224_DATA = [2, 0xf0, 0x80, 0x68] as const;
const MCS_LENGTH = 13;

const SHARE_CONTROL_HEAD = 6;
/** PDUSource of a Deactivate All is followed by shareId, lengthSourceDescriptor and sourceDescriptor. */
const DEACTIVATE_ALL_FIELDS = [0, 0, 0, 0, 1, 0, 0] as const;
const PDU_TYPE_2 = 14;
// Types with the version of the protocol, 1, above them (MS-RDPBCGR §2.2.8.1.1.1.1).
const DEMAND_ACTIVE = 0x11;
const DEACTIVATE_ALL = 0x16;
const DATA = 0x17;
const CONTROL = 20;
const SYNCHRONIZE = 31;
const FONT_MAP = 40;

/**
 * Of the message of an RDP server that begins there, in bytes.
 *
 * @returns undefined while its head is not all there, 0 where it is no message of RDP
 */
export function messageLength(bytes: Uint8Array, at: number): number | undefined {
  const [first, second, third, fourth] = bytes.subarray(at, at + TPKT_HEAD);
  if (first === undefined || second === undefined) return undefined;
  if (first === TPKT) {
    if (third === undefined || fourth === undefined) return undefined;
    const length = third * 256 + fourth;
    return length > TPKT_HEAD ? length : 0;
  }
  // Fast path (MS-RDPBCGR §2.2.9.1.2).
  if ((first & 3) !== 0) return 0;
  if ((second & 0x80) === 0) return second > 2 ? second : 0;
  if (third === undefined) return undefined;
  const length = (second & 0x7f) * 256 + third;
  return length > 3 ? length : 0;
}

/** What a message is to the activation of a session. */
export type ShareControl =
  /** With all its fields, whether it came with them or not. */
  | { readonly kind: 'deactivate-all'; readonly whole: Uint8Array<ArrayBuffer> }
  | { readonly kind: 'activation' }
  /** The last one of an activation. */
  | { readonly kind: 'font-map' }
  /** Whatever a session is about: drawings, pointers, channels. */
  | { readonly kind: 'session' }
  /** Of the connection below, such as its end. */
  | { readonly kind: 'none' };

/** Reads a message of an RDP server inside TLS (MS-RDPBCGR §2.2.8.1.1.1). */
export function shareControlOf(message: Uint8Array<ArrayBuffer>): ShareControl {
  if (message[0] !== TPKT) return { kind: 'session' };
  if (!X224_DATA.every((byte, i) => message[TPKT_HEAD + i] === byte)) return { kind: 'none' };
  const start = MCS_LENGTH + ((message[MCS_LENGTH] ?? 0) & 0x80 ? 2 : 1);
  const share = message.subarray(start);
  const [low = 0, high = 0, type = 0, typeHigh] = share;
  // Data of a virtual channel, which begins with another length.
  if (low + high * 256 !== share.length || typeHigh !== 0) return { kind: 'session' };
  if (type === DEMAND_ACTIVE) return { kind: 'activation' };
  if (type === DEACTIVATE_ALL) return { kind: 'deactivate-all', whole: wholeDeactivateAll(message, share) };
  if (type !== DATA) return { kind: 'session' };
  const kind = share[PDU_TYPE_2];
  if (kind === FONT_MAP) return { kind: 'font-map' };
  return { kind: kind === CONTROL || kind === SYNCHRONIZE ? 'activation' : 'session' };
}

/** Server Deactivate All (MS-RDPBCGR §2.2.3.1). */
function wholeDeactivateAll(
  message: Uint8Array<ArrayBuffer>,
  share: Uint8Array<ArrayBuffer>,
): Uint8Array<ArrayBuffer> {
  if (share.length !== SHARE_CONTROL_HEAD) return message;
  const length = SHARE_CONTROL_HEAD + DEACTIVATE_ALL_FIELDS.length;
  const mcs = message.subarray(TPKT_HEAD, MCS_LENGTH);
  const total = TPKT_HEAD + mcs.length + 1 + length;
  return Uint8Array.of(
    ...[TPKT, 0, 0, total, ...mcs, length, length, 0],
    ...share.subarray(2),
    ...DEACTIVATE_ALL_FIELDS,
  );
}
