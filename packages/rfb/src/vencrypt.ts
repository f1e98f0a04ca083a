/** The only version of VeNCrypt in use: 0.2 (rfbproto, "VeNCrypt"). */
export const VENCRYPT_VERSION = { major: 0, minor: 2 } as const;

/** Subtypes whose TLS proves the server by an X.509 certificate; anonymous TLS proves nobody and is left out. */
export const VencryptSubtype = { x509none: 260, x509vnc: 261 } as const;

/** Version message, either way. */
export function encodeVencryptVersion(): Uint8Array {
  return Uint8Array.of(VENCRYPT_VERSION.major, VENCRYPT_VERSION.minor);
}

/** The server's list: u8 count, then u32 each. */
export function encodeVencryptSubtypes(subtypes: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(1 + 4 * subtypes.length);
  const view = new DataView(bytes.buffer);
  bytes[0] = subtypes.length;
  subtypes.forEach((subtype, i) => {
    view.setUint32(1 + 4 * i, subtype);
  });
  return bytes;
}
