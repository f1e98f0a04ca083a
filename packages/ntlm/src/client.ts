import { encodeAuthenticate, writeMic } from './authenticate-message.js';
import { parseChallenge } from './challenge-message.js';
import { NtlmError } from './errors.js';
import { filetime } from './filetime.js';
import { hmacMd5 } from './hmac-md5.js';
import { clientFlags, hasFlags, NegotiateFlag, requiredFlags } from './negotiate-flags.js';
import { encodeNegotiate } from './negotiate-message.js';
import { ntHash, ntowfV2 } from './nt-hash.js';
import { computeNtlmV2, type NtlmV2Output } from './ntlmv2-response.js';
import { Rc4 } from './rc4.js';
import { NtlmSession } from './session.js';
import {
  AvId,
  type AvPair,
  avFlagMicPresent,
  avValue,
  encodeTargetInfo,
  parseTargetInfo,
  withAvPair,
} from './target-info.js';
import { encodeUtf16le } from './utf16le.js';

/** An account of the server. */
export interface NtlmCredentials {
  readonly user: string;
  /** Empty for an account of the server itself, or when `user` is a `user@domain` name. */
  readonly domain: string;
  readonly password: string;
}

export interface NtlmClientOptions {
  readonly credentials: NtlmCredentials;
  /** This computer's name, for the server's log. Default: empty. */
  readonly workstation?: string;
  /** Service principal name of the server, `TERMSRV/host` or `HTTP/host`. */
  readonly targetName?: string;
  /** What {@link tlsServerEndPointBindings} gave. Default: sixteen zero bytes, not bound. */
  readonly channelBindings?: Uint8Array;
  /** Cryptographically random bytes, in a new array that is wiped after its use. */
  readonly random: (length: number) => Uint8Array;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** What the server is sent last, and the session that begins with it. */
export interface NtlmClientResult {
  readonly message: Uint8Array;
  readonly session: NtlmSession;
}

/**
 * The client's side of one NTLMv2 exchange: `negotiate()`, then `authenticate(challenge)`, each once.
 * Only NTLMv2 with sealing, 128 bits, extended session security and key exchange is agreed to.
 */
export class NtlmClient {
  readonly #options: NtlmClientOptions;
  #negotiate: Uint8Array | undefined;
  #done = false;

  /** @throws {NtlmError} `invalid-argument` when the channel bindings are not sixteen bytes */
  constructor(options: NtlmClientOptions) {
    if (options.channelBindings && options.channelBindings.length !== 16) {
      throw new NtlmError(
        'invalid-argument',
        'channel bindings are sixteen bytes, as tlsServerEndPointBindings gives',
      );
    }
    this.#options = options;
  }

  /**
   * The first message.
   * @throws {NtlmError} `wrong-state` on a second call
   */
  negotiate(): Uint8Array {
    if (this.#negotiate) throw new NtlmError('wrong-state', 'the NTLM exchange has already begun');
    this.#negotiate = encodeNegotiate(clientFlags);
    return this.#negotiate.slice();
  }

  /**
   * The answer to the server's challenge.
   * @throws {NtlmError} `malformed`, `too-long`, `weak-security`, `wrong-state`, `invalid-argument`
   */
  authenticate(challengeBytes: Uint8Array): NtlmClientResult {
    const negotiate = this.#negotiate;
    if (!negotiate || this.#done) throw new NtlmError('wrong-state', 'no NTLM challenge was due');
    this.#done = true;
    const challenge = parseChallenge(challengeBytes);
    if (!hasFlags(challenge.flags, requiredFlags | NegotiateFlag.targetInfo)) {
      throw new NtlmError('weak-security', 'the server does not offer NTLMv2 with 128-bit sealing');
    }
    const pairs = parseTargetInfo(challenge.targetInfo);
    // A server of before MsvAvTimestamp does not know the MIC either (MS-NLMP §3.1.5.1.2).
    const serverTime = avValue(pairs, AvId.timestamp);
    if (serverTime && serverTime.length !== 8)
      throw new NtlmError('malformed', 'the NTLM timestamp is broken');
    const mic = serverTime !== undefined;
    const response = this.#respond(challenge.serverChallenge, pairs, serverTime);
    const exportedKey = this.#options.random(16);
    const keyStream = new Rc4(response.sessionBaseKey);
    const { user, domain } = this.#options.credentials;
    const message = encodeAuthenticate(
      {
        flags: challenge.flags & clientFlags,
        domain,
        user,
        workstation: this.#options.workstation ?? '',
        lmResponse: mic ? new Uint8Array(24) : response.lmResponse,
        ntResponse: response.ntResponse,
        encryptedSessionKey: keyStream.apply(exportedKey),
      },
      { mic },
    );
    if (mic) writeMic(message, hmacMd5(exportedKey, negotiate, challengeBytes, message));
    const session = new NtlmSession(exportedKey, 'client');
    keyStream.wipe();
    response.sessionBaseKey.fill(0);
    exportedKey.fill(0);
    return { message, session };
  }

  #respond(
    serverChallenge: Uint8Array,
    pairs: readonly AvPair[],
    serverTime: Uint8Array | undefined,
  ): NtlmV2Output {
    const { credentials, random, now } = this.#options;
    const hash = ntHash(credentials.password);
    const key = ntowfV2(hash, credentials.user, credentials.domain);
    const response = computeNtlmV2({
      key,
      serverChallenge,
      clientChallenge: random(8),
      timestamp: serverTime ?? filetime(now()),
      targetInfo: encodeTargetInfo(this.#answeredPairs(pairs, serverTime !== undefined)),
    });
    hash.fill(0);
    key.fill(0);
    return response;
  }

  /** The server's pairs and what the client adds to them (MS-NLMP §3.1.5.1.2). */
  #answeredPairs(pairs: readonly AvPair[], mic: boolean): readonly AvPair[] {
    const { targetName, channelBindings } = this.#options;
    const flags = avValue(pairs, AvId.flags)?.slice(0, 4) ?? new Uint8Array(4);
    if (flags.length !== 4) throw new NtlmError('malformed', 'the NTLM flags attribute is broken');
    flags[0] = mic ? (flags[0] ?? 0) | avFlagMicPresent : (flags[0] ?? 0) & ~avFlagMicPresent;
    const bound = withAvPair(pairs, AvId.channelBindings, channelBindings ?? new Uint8Array(16));
    return withAvPair(withAvPair(bound, AvId.flags, flags), AvId.targetName, encodeUtf16le(targetName ?? ''));
  }
}
