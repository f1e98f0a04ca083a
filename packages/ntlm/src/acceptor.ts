import { timingSafeEqual } from 'node:crypto';
import { type AuthenticateMessage, parseAuthenticate, takeMic } from './authenticate-message.js';
import { encodeChallenge } from './challenge-message.js';
import { NtlmError } from './errors.js';
import { filetime } from './filetime.js';
import { hmacMd5 } from './hmac-md5.js';
import { clientFlags, hasFlags, NegotiateFlag, requiredFlags } from './negotiate-flags.js';
import { parseNegotiate } from './negotiate-message.js';
import { ntHash, ntowfV2 } from './nt-hash.js';
import { parseNtlmV2Response } from './ntlmv2-response.js';
import { Rc4 } from './rc4.js';
import { NtlmSession } from './session.js';
import { AvId, type AvPair, avFlagMicPresent, avValue, encodeTargetInfo } from './target-info.js';
import { decodeUtf16le, encodeUtf16le } from './utf16le.js';

export interface NtlmAcceptorOptions {
  readonly computerName: string;
  readonly domainName: string;
  /** The password of an account, or `undefined` for one that is not known. */
  readonly passwordOf: (user: string, domain: string) => string | undefined;
  /** When given, the client must be bound to this channel. */
  readonly channelBindings?: Uint8Array;
  /** Default true. With false a client that promises no MIC may send none, as gss-ntlmssp does. */
  readonly requireMic?: boolean;
  /** Cryptographically random bytes. */
  readonly random: (length: number) => Uint8Array;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** Who came in, what they said of themselves, and the session. */
export interface NtlmAccepted {
  readonly user: string;
  readonly domain: string;
  readonly workstation: string;
  /** The service that the client meant to reach; empty when it did not say. */
  readonly targetName: string;
  readonly session: NtlmSession;
}

interface Exchange {
  readonly negotiate: Uint8Array;
  readonly challenge: Uint8Array;
  readonly serverChallenge: Uint8Array;
}

/**
 * The server's side of one NTLMv2 exchange, as strict as {@link NtlmClient}.
 * For test doubles: it keeps no account database and locks nobody out.
 */
export class NtlmAcceptor {
  readonly #options: NtlmAcceptorOptions;
  #exchange: Exchange | undefined;
  #done = false;

  constructor(options: NtlmAcceptorOptions) {
    this.#options = options;
  }

  /**
   * The challenge for a client's first message.
   * @throws {NtlmError} `malformed`, `too-long`, `weak-security`, `wrong-state`
   */
  challenge(negotiate: Uint8Array): Uint8Array {
    if (this.#exchange) throw new NtlmError('wrong-state', 'the NTLM exchange has already begun');
    const { flags } = parseNegotiate(negotiate);
    if (!hasFlags(flags, requiredFlags)) {
      throw new NtlmError('weak-security', 'the client does not offer NTLMv2 with 128-bit sealing');
    }
    const serverChallenge = this.#options.random(8).slice();
    const challenge = encodeChallenge({
      flags: (flags & clientFlags) | NegotiateFlag.targetInfo | NegotiateFlag.targetTypeServer,
      serverChallenge,
      targetName: this.#options.computerName,
      targetInfo: encodeTargetInfo(this.#describe()),
    });
    this.#exchange = { negotiate: negotiate.slice(), challenge, serverChallenge };
    return challenge.slice();
  }

  /**
   * Checks the client's proof.
   * @throws {NtlmError} `logon-failure`, `mic-mismatch`, `channel-binding-mismatch`, `malformed`, `too-long`,
   * `weak-security`, `wrong-state`
   */
  accept(authenticate: Uint8Array): NtlmAccepted {
    const exchange = this.#exchange;
    if (!exchange || this.#done) throw new NtlmError('wrong-state', 'no NTLM authentication was due');
    this.#done = true;
    const message = parseAuthenticate(authenticate);
    if (!hasFlags(message.flags, requiredFlags)) {
      throw new NtlmError('weak-security', 'the client does not agree to NTLMv2 with 128-bit sealing');
    }
    const { pairs, sessionBaseKey } = this.#checkProof(message, exchange);
    const exportedKey = unwrapSessionKey(message, sessionBaseKey);
    const promised = ((avValue(pairs, AvId.flags)?.[0] ?? 0) & avFlagMicPresent) !== 0;
    if (promised || this.#options.requireMic !== false)
      checkMic(authenticate, exchange, promised, exportedKey);
    this.#checkBindings(pairs);
    const session = new NtlmSession(exportedKey, 'server');
    exportedKey.fill(0);
    return {
      user: message.user,
      domain: message.domain,
      workstation: message.workstation,
      targetName: decodeUtf16le(avValue(pairs, AvId.targetName) ?? new Uint8Array(0)),
      session,
    };
  }

  #describe(): readonly AvPair[] {
    const { computerName, domainName, now } = this.#options;
    return [
      { id: AvId.netbiosDomainName, value: encodeUtf16le(domainName) },
      { id: AvId.netbiosComputerName, value: encodeUtf16le(computerName) },
      { id: AvId.dnsDomainName, value: encodeUtf16le(domainName.toLowerCase()) },
      { id: AvId.dnsComputerName, value: encodeUtf16le(computerName.toLowerCase()) },
      { id: AvId.timestamp, value: filetime(now()) },
    ];
  }

  #checkProof(
    message: AuthenticateMessage,
    exchange: Exchange,
  ): { readonly pairs: readonly AvPair[]; readonly sessionBaseKey: Uint8Array } {
    const { proof, blob, pairs } = parseNtlmV2Response(message.ntResponse);
    const password = this.#options.passwordOf(message.user, message.domain);
    const key = ntowfV2(ntHash(password ?? ''), message.user, message.domain);
    const expected = hmacMd5(key, exchange.serverChallenge, blob);
    if (!timingSafeEqual(proof, expected) || password === undefined) {
      throw new NtlmError('logon-failure', 'unknown account or wrong password');
    }
    return { pairs, sessionBaseKey: hmacMd5(key, proof) };
  }

  #checkBindings(pairs: readonly AvPair[]): void {
    const expected = this.#options.channelBindings;
    if (!expected) return;
    const found = avValue(pairs, AvId.channelBindings);
    if (found?.length !== expected.length || !timingSafeEqual(found, expected)) {
      throw new NtlmError('channel-binding-mismatch', 'the client is not bound to this TLS channel');
    }
  }
}

function unwrapSessionKey(message: AuthenticateMessage, sessionBaseKey: Uint8Array): Uint8Array {
  if (message.encryptedSessionKey.length !== 16)
    throw new NtlmError('malformed', 'the NTLM session key is broken');
  return new Rc4(sessionBaseKey).apply(message.encryptedSessionKey);
}

function checkMic(message: Uint8Array, exchange: Exchange, promised: boolean, exportedKey: Uint8Array): void {
  if (promised) {
    const { mic, without } = takeMic(message);
    if (timingSafeEqual(mic, hmacMd5(exportedKey, exchange.negotiate, exchange.challenge, without))) return;
  }
  throw new NtlmError('mic-mismatch', 'the NTLM exchange was changed on its way');
}
