import type { InputBuffer } from './input-buffer.js';
import { RfbError } from './rfb-error.js';

/** The published versions of RFB (RFC 6143 §7.1.1). */
export type ProtocolVersion = '3.3' | '3.7' | '3.8';

/** Length of the ProtocolVersion message in bytes. */
export const VERSION_LENGTH = 12;

/** The ProtocolVersion message, e.g. `RFB 003.008\n`. */
export function encodeVersion(version: ProtocolVersion): Uint8Array {
  return new TextEncoder().encode(`RFB 003.00${version.slice(2)}\n`);
}

/**
 * Reads a ProtocolVersion message, or returns undefined until all of it is there.
 * Throws `not-rfb` at the first byte that cannot belong to one.
 */
export function readVersion(
  input: InputBuffer,
): { readonly major: number; readonly minor: number } | undefined {
  let text = '';
  for (let i = 0; i < Math.min(input.length, VERSION_LENGTH); i++)
    text += String.fromCharCode(input.peekU8(i));
  if (!isVersionPrefix(text)) throw new RfbError('not-rfb', 'peer does not speak RFB');
  if (text.length < VERSION_LENGTH) return undefined;
  input.skip(VERSION_LENGTH);
  return { major: Number(text.slice(4, 7)), minor: Number(text.slice(8, 11)) };
}

/**
 * The version to speak with a server that announced this one: the highest both know.
 * Above 3.x (RealVNC's 4.1, 5.0) 3.8 is understood; an unpublished 3.x means 3.3 (RFC 6143 §7.1.1).
 */
export function versionForServer(major: number, minor: number): ProtocolVersion {
  if (major < 3 || (major === 3 && minor < 3)) {
    throw new RfbError('unsupported-version', `server speaks RFB ${major}.${minor}, older than 3.3`);
  }
  if (major > 3) return '3.8';
  return published(minor);
}

/** The version a client chose; an unpublished 3.x means 3.3 (RFC 6143 §7.1.1). */
export function versionOfClient(major: number, minor: number): ProtocolVersion {
  if (major !== 3)
    throw new RfbError('unsupported-version', `client chose RFB ${major}.${minor}, we offer up to 3.8`);
  return published(minor);
}

function published(minor: number): ProtocolVersion {
  if (minor === 8) return '3.8';
  return minor === 7 ? '3.7' : '3.3';
}

function isVersionPrefix(text: string): boolean {
  const pattern = 'RFB ddd.ddd\n';
  return [...text].every((char, i) =>
    pattern[i] === 'd' ? char >= '0' && char <= '9' : char === pattern[i],
  );
}
