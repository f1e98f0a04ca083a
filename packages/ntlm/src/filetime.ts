const millisecondsFrom1601To1970 = 11_644_473_600_000;

/** A FILETIME: eight bytes, little-endian, 100 ns since 1601 (MS-DTYP §2.3.3), of a time in ms since 1970. */
export function filetime(milliseconds: number): Uint8Array {
  const bytes = new Uint8Array(8);
  const ticks = BigInt(Math.trunc(milliseconds) + millisecondsFrom1601To1970) * 10_000n;
  new DataView(bytes.buffer).setBigUint64(0, ticks, true);
  return bytes;
}
