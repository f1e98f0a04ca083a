import fc from 'fast-check';
import { expect } from 'vitest';
import { RdpTunnelError } from '../src/errors.js';

/** Whatever comes, reading it works or ends in this package's own error. */
export function readsOrRefuses(read: (bytes: Uint8Array) => unknown, bytes: Uint8Array): void {
  try {
    read(bytes);
  } catch (error) {
    expect(error).toBeInstanceOf(RdpTunnelError);
  }
}

/** Throws any bytes, and an honest message changed and cut in every way, at a parser. */
export function fuzz(read: (bytes: Uint8Array) => unknown, honest: Uint8Array): void {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => readsOrRefuses(read, bytes)),
    { numRuns: 300 },
  );
  const changes = fc.array(fc.tuple(fc.nat(honest.length - 1), fc.nat(255)), { minLength: 1, maxLength: 5 });
  fc.assert(
    fc.property(changes, (spots) => {
      const bytes = honest.slice();
      for (const [at, value] of spots) bytes[at] = value;
      readsOrRefuses(read, bytes);
    }),
    { numRuns: 500 },
  );
  for (let length = 0; length < honest.length; length++) readsOrRefuses(read, honest.slice(0, length));
}

/** All ways to cut bytes into two pieces, and into single bytes. */
export function splits(bytes: Uint8Array): readonly (readonly Uint8Array[])[] {
  const halves = Array.from(bytes, (_, at) => [bytes.slice(0, at), bytes.slice(at)]);
  return [...halves, Array.from(bytes, (byte) => Uint8Array.of(byte))];
}
