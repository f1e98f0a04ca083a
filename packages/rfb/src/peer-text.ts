/** Longest reason text taken from a peer, in bytes (a peer may announce 4 GiB). */
export const MAX_REASON_BYTES = 256;

const CONTROL_CHARACTERS = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cn}\p{Cs}]+/gu;

/** A peer's words made harmless: UTF-8 with errors replaced, cut short, no control or format characters. */
export function peerText(bytes: Uint8Array, maxBytes: number): string {
  return new TextDecoder().decode(bytes.subarray(0, maxBytes)).replace(CONTROL_CHARACTERS, ' ').trim();
}

/** A reason string for the wire: u32 length and UTF-8 text, cut to 256 bytes (RFC 6143 §7.1.2). */
export function encodeReason(reason: string): Uint8Array {
  return encodeString(new TextEncoder().encode(reason).subarray(0, MAX_REASON_BYTES));
}

/** u32 length, then the bytes. */
export function encodeString(text: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(4 + text.length);
  new DataView(bytes.buffer).setUint32(0, text.length);
  bytes.set(text, 4);
  return bytes;
}
