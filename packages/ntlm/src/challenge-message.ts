import { buildMessage, openMessage, readField, versionField } from './message.js';
import { hasFlags, NegotiateFlag } from './negotiate-flags.js';
import { decodeUtf16le, encodeUtf16le } from './utf16le.js';

const messageType = 2;

/** The server's answer (MS-NLMP §2.2.1.2). */
export interface ChallengeMessage {
  readonly flags: number;
  /** Eight random bytes. */
  readonly serverChallenge: Uint8Array;
  readonly targetName: string;
  /** AV pairs as sent; empty when the server sent none. */
  readonly targetInfo: Uint8Array;
}

/** @throws {NtlmError} `invalid-argument` when the names are too long */
export function encodeChallenge(challenge: ChallengeMessage): Uint8Array {
  const message = buildMessage(messageType, 56, [
    [12, encodeUtf16le(challenge.targetName)],
    [40, challenge.targetInfo],
  ]);
  new DataView(message.buffer).setUint32(20, challenge.flags >>> 0, true);
  message.set(challenge.serverChallenge.subarray(0, 8), 24);
  message.set(versionField, 48);
  return message;
}

/** @throws {NtlmError} `malformed`, `too-long` */
export function parseChallenge(bytes: Uint8Array): ChallengeMessage {
  const message = openMessage(bytes, messageType, 32);
  const flags = message.getUint32(20, true);
  const hasTargetInfo = hasFlags(flags, NegotiateFlag.targetInfo) && bytes.length >= 48;
  return {
    flags,
    serverChallenge: bytes.slice(24, 32),
    targetName: decodeUtf16le(readField(message, 12)),
    targetInfo: hasTargetInfo ? readField(message, 40) : new Uint8Array(0),
  };
}
