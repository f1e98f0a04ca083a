/** Longest reason text taken from a peer, in bytes (a peer may announce 4 GiB). */
export const MAX_REASON_BYTES = 256;

const CONTROL_CHARACTERS = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cn}\p{Cs}]+/gu;

/** The peer's words made harmless: UTF-8 with errors replaced, cut to 256 bytes, no control or format characters. */
export function reasonText(bytes: Uint8Array): string {
  return new TextDecoder()
    .decode(bytes.subarray(0, MAX_REASON_BYTES))
    .replace(CONTROL_CHARACTERS, ' ')
    .trim();
}

/** A reason string for the wire: u32 length and UTF-8 text, cut to 256 bytes (RFC 6143 §7.1.2). */
export function encodeReason(reason: string): Uint8Array {
  const text = new TextEncoder().encode(reason).subarray(0, MAX_REASON_BYTES);
  const bytes = new Uint8Array(4 + text.length);
  new DataView(bytes.buffer).setUint32(0, text.length);
  bytes.set(text, 4);
  return bytes;
}
