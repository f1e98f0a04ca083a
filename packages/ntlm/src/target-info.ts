import { concatBytes } from './concat-bytes.js';
import { NtlmError } from './errors.js';

/** One attribute of a server or client (MS-NLMP §2.2.2.1). */
export interface AvPair {
  readonly id: number;
  readonly value: Uint8Array;
}

/** AV pair ids. Names are UTF-16LE, flags a u32, the timestamp a FILETIME, channel bindings an MD5. */
export const AvId = {
  endOfList: 0,
  netbiosComputerName: 1,
  netbiosDomainName: 2,
  dnsComputerName: 3,
  dnsDomainName: 4,
  flags: 6,
  timestamp: 7,
  targetName: 9,
  channelBindings: 10,
} as const;

/** Bit of the `flags` pair: the AUTHENTICATE message carries a MIC. */
export const avFlagMicPresent = 0x2;

/** MS-NLMP knows eleven. */
const maximumPairs = 32;

/** The pairs and their end mark. */
export function encodeTargetInfo(pairs: readonly AvPair[]): Uint8Array {
  return concatBytes(...pairs.map(encodePair), new Uint8Array(4));
}

function encodePair({ id, value }: AvPair): Uint8Array {
  const pair = new Uint8Array(4 + value.length);
  const view = new DataView(pair.buffer);
  view.setUint16(0, id, true);
  view.setUint16(2, value.length, true);
  pair.set(value, 4);
  return pair;
}

/**
 * The pairs up to the end mark; what follows the mark is not looked at.
 * @throws {NtlmError} `malformed` on a pair that runs out of the bytes, comes twice, or when the mark is missing
 */
export function parseTargetInfo(bytes: Uint8Array): readonly AvPair[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const pairs = new Map<number, AvPair>();
  for (let at = 0; at + 4 <= bytes.length && pairs.size < maximumPairs; ) {
    const id = view.getUint16(at, true);
    const end = at + 4 + view.getUint16(at + 2, true);
    if (id === AvId.endOfList) return [...pairs.values()];
    if (end > bytes.length || pairs.has(id)) break;
    pairs.set(id, { id, value: bytes.slice(at + 4, end) });
    at = end;
  }
  throw new NtlmError('malformed', 'the NTLM target information is broken');
}

/** The value of a pair, if it is there. */
export function avValue(pairs: readonly AvPair[], id: number): Uint8Array | undefined {
  return pairs.find((pair) => pair.id === id)?.value;
}

/** The pairs with one of them put in place, or added. */
export function withAvPair(pairs: readonly AvPair[], id: number, value: Uint8Array): readonly AvPair[] {
  return [...pairs.filter((pair) => pair.id !== id), { id, value }];
}
