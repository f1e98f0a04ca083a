import { concatBytes } from './concat-bytes.js';
import { NtlmError } from './errors.js';
import { hmacMd5 } from './hmac-md5.js';
import { type AvPair, parseTargetInfo } from './target-info.js';

/** What both ends put into the proof (MS-NLMP §3.3.2). */
export interface NtlmV2Input {
  /** NTOWFv2 of the account. */
  readonly key: Uint8Array;
  readonly serverChallenge: Uint8Array;
  readonly clientChallenge: Uint8Array;
  /** FILETIME, eight bytes. */
  readonly timestamp: Uint8Array;
  /** AV pairs with their end mark. */
  readonly targetInfo: Uint8Array;
}

export interface NtlmV2Output {
  readonly ntResponse: Uint8Array;
  readonly lmResponse: Uint8Array;
  readonly sessionBaseKey: Uint8Array;
}

const proofLength = 16;
/** Versions, reserved bytes, timestamp, client challenge, reserved bytes. */
const blobHeaderLength = 28;

/** The NTLMv2 and LMv2 responses and the session base key (MS-NLMP §3.3.2). */
export function computeNtlmV2(input: NtlmV2Input): NtlmV2Output {
  const { key, serverChallenge, clientChallenge, timestamp, targetInfo } = input;
  const head = Uint8Array.of(1, 1, 0, 0, 0, 0, 0, 0);
  const blob = concatBytes(
    head,
    timestamp,
    clientChallenge,
    new Uint8Array(4),
    targetInfo,
    new Uint8Array(4),
  );
  const proof = hmacMd5(key, serverChallenge, blob);
  return {
    ntResponse: concatBytes(proof, blob),
    lmResponse: concatBytes(hmacMd5(key, serverChallenge, clientChallenge), clientChallenge),
    sessionBaseKey: hmacMd5(key, proof),
  };
}

/**
 * Takes an NTLMv2 response apart.
 * @throws {NtlmError} `malformed`; `weak-security` for the 24 bytes of an NTLMv1 or the nothing of an anonymous one
 */
export function parseNtlmV2Response(response: Uint8Array): {
  readonly proof: Uint8Array;
  readonly blob: Uint8Array;
  readonly pairs: readonly AvPair[];
} {
  if (response.length <= 24) throw new NtlmError('weak-security', 'the client did not answer with NTLMv2');
  const blob = response.slice(proofLength);
  if (blob.length < blobHeaderLength || blob[0] !== 1 || blob[1] !== 1) {
    throw new NtlmError('malformed', 'the NTLMv2 response is broken');
  }
  return {
    proof: response.slice(0, proofLength),
    blob,
    pairs: parseTargetInfo(blob.subarray(blobHeaderLength)),
  };
}
