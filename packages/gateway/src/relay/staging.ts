/** The most that can be staged, in bytes. */
const SIZE = 65_536;

let buffer: Buffer | undefined;

/**
 * Copies bytes to where they may stay for a while. A copy to memory that is in the cache costs less than new memory
 * for each read would.
 *
 * @param bytes at most 64 KiB
 * @returns good until the next call, or for as long as one likes after `keepStaged`
 */
export function stage(bytes: Uint8Array): Buffer {
  buffer ??= Buffer.allocUnsafeSlow(SIZE);
  buffer.set(bytes);
  return buffer.subarray(0, bytes.length);
}

/** Leaves what was staged last to whoever got it. */
export function keepStaged(): void {
  buffer = undefined;
}
