import { NtlmError } from './errors.js';

/** 'NTLMSSP' and a NUL: the first eight bytes of every NTLM message. */
const signature = Uint8Array.of(0x4e, 0x54, 0x4c, 0x4d, 0x53, 0x53, 0x50, 0x00);

/** Windows' own tokens stay below 3 KiB. */
const maximumMessageLength = 8192;

/** Windows 10, NTLM revision 15. Only for people who read captures (MS-NLMP §2.2.2.10). */
export const versionField = Uint8Array.of(10, 0, 0, 0, 0, 0, 0, 15);

/** Where the message type allows a value: its descriptor's offset, and the value. */
export type PayloadField = readonly [at: number, value: Uint8Array];

/** Does it begin as an NTLM message does? */
export function isNtlmMessage(bytes: Uint8Array): boolean {
  return signature.every((byte, i) => bytes[i] === byte);
}

/**
 * Opens a message of the given type.
 * @throws {NtlmError} `malformed`, `too-long`
 */
export function openMessage(bytes: Uint8Array, type: number, headerLength: number): DataView {
  if (bytes.length > maximumMessageLength) {
    throw new NtlmError(
      'too-long',
      `an NTLM message of ${bytes.length} bytes, at most ${maximumMessageLength} are taken`,
    );
  }
  if (bytes.length < headerLength || !isNtlmMessage(bytes))
    throw new NtlmError('malformed', 'not an NTLM message');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const found = view.getUint32(8, true);
  if (found !== type) throw new NtlmError('malformed', `NTLM message type ${found} where ${type} was due`);
  return view;
}

/**
 * The value that the descriptor (length u16, maximum u16, offset u32) at `at` points to, copied.
 * @throws {NtlmError} `malformed` when it lies outside of the message
 */
export function readField(message: DataView, at: number): Uint8Array {
  const length = message.getUint16(at, true);
  const offset = message.getUint32(at + 4, true);
  // Windows leaves any offset beside an empty field.
  if (length === 0) return new Uint8Array(0);
  if (offset + length > message.byteLength)
    throw new NtlmError('malformed', 'an NTLM field lies outside of its message');
  return new Uint8Array(message.buffer, message.byteOffset + offset, length).slice();
}

/**
 * A message with its signature and type written, and the fields laid behind the header in the given order.
 * @throws {NtlmError} `invalid-argument` when a value is too long
 */
export function buildMessage(
  type: number,
  headerLength: number,
  fields: readonly PayloadField[],
): Uint8Array {
  const length = fields.reduce((sum, [, value]) => sum + value.length, headerLength);
  if (length > maximumMessageLength)
    throw new NtlmError('invalid-argument', 'a name is too long for an NTLM message');
  const message = new Uint8Array(length);
  const view = new DataView(message.buffer);
  message.set(signature);
  view.setUint32(8, type, true);
  let offset = headerLength;
  for (const [at, value] of fields) {
    view.setUint16(at, value.length, true);
    view.setUint16(at + 2, value.length, true);
    view.setUint32(at + 4, offset, true);
    message.set(value, offset);
    offset += value.length;
  }
  return message;
}
