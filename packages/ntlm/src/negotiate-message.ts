import { buildMessage, openMessage, versionField } from './message.js';

const messageType = 1;

/** The client's first message (MS-NLMP §2.2.1.1), without the names that nobody needs. */
export function encodeNegotiate(flags: number): Uint8Array {
  const message = buildMessage(messageType, 40, [
    [16, new Uint8Array(0)],
    [24, new Uint8Array(0)],
  ]);
  new DataView(message.buffer).setUint32(12, flags >>> 0, true);
  message.set(versionField, 32);
  return message;
}

/**
 * The flags that a client offers.
 * @throws {NtlmError} `malformed`, `too-long`
 */
export function parseNegotiate(bytes: Uint8Array): { readonly flags: number } {
  return { flags: openMessage(bytes, messageType, 16).getUint32(12, true) };
}
