import { NtlmError } from './errors.js';
import { buildMessage, openMessage, readField, versionField } from './message.js';
import { decodeUtf16le, encodeUtf16le } from './utf16le.js';

const messageType = 3;
const micOffset = 72;
const micLength = 16;

/** The client's proof (MS-NLMP §2.2.1.3). */
export interface AuthenticateMessage {
  readonly flags: number;
  readonly domain: string;
  readonly user: string;
  readonly workstation: string;
  readonly lmResponse: Uint8Array;
  readonly ntResponse: Uint8Array;
  readonly encryptedSessionKey: Uint8Array;
}

/**
 * The message, with sixteen zero bytes for the MIC when `mic` asks for room.
 * @throws {NtlmError} `invalid-argument` when a name is too long
 */
export function encodeAuthenticate(
  fields: AuthenticateMessage,
  { mic }: { readonly mic: boolean },
): Uint8Array {
  const message = buildMessage(messageType, mic ? micOffset + micLength : micOffset, [
    [28, encodeUtf16le(fields.domain)],
    [36, encodeUtf16le(fields.user)],
    [44, encodeUtf16le(fields.workstation)],
    [12, fields.lmResponse],
    [20, fields.ntResponse],
    [52, fields.encryptedSessionKey],
  ]);
  new DataView(message.buffer).setUint32(60, fields.flags >>> 0, true);
  message.set(versionField, 64);
  return message;
}

/** @throws {NtlmError} `malformed`, `too-long` */
export function parseAuthenticate(bytes: Uint8Array): AuthenticateMessage {
  const message = openMessage(bytes, messageType, 64);
  return {
    flags: message.getUint32(60, true),
    domain: decodeUtf16le(readField(message, 28)),
    user: decodeUtf16le(readField(message, 36)),
    workstation: decodeUtf16le(readField(message, 44)),
    lmResponse: readField(message, 12),
    ntResponse: readField(message, 20),
    encryptedSessionKey: readField(message, 52),
  };
}

/** Puts the MIC into a message that has room for it. */
export function writeMic(message: Uint8Array, mic: Uint8Array): void {
  message.set(mic.subarray(0, micLength), micOffset);
}

/**
 * The MIC of a message, and the message as it was when the MIC was made of it.
 * @throws {NtlmError} `malformed` when there is no room for one
 */
export function takeMic(message: Uint8Array): { readonly mic: Uint8Array; readonly without: Uint8Array } {
  if (message.length < micOffset + micLength) throw new NtlmError('malformed', 'the NTLM message has no MIC');
  const without = message.slice();
  without.fill(0, micOffset, micOffset + micLength);
  return { mic: message.slice(micOffset, micOffset + micLength), without };
}
