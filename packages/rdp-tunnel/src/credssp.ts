import { timingSafeEqual } from 'node:crypto';
import { NtlmClient, type NtlmCredentials, NtlmError, type NtlmSession } from '@remote-consoles/ntlm';
import { RdpTunnelError } from './errors.js';
import { FrameBuffer } from './frame-buffer.js';
import { describeNtStatus } from './nt-status.js';
import {
  firstNonceVersion,
  hashedBinding,
  nonceLength,
  type PublicKeyBinding,
  plainBinding,
} from './public-key-binding.js';
import { ntlmMessageOf } from './spnego.js';
import { encodeTsCredentials } from './ts-credentials.js';
import { encodeTsRequest, parseTsRequest, type TsRequest, tsRequestLength } from './ts-request.js';

const ourVersion = 6;

/** Who logs in, and what the login needs of the world. */
export interface CredSspAccount {
  /** An account of the RDP host. Sent to the host, sealed, once the host has proved its TLS key. */
  readonly credentials: NtlmCredentials;
  /** Service principal name of the host, `TERMSRV/<host>`. */
  readonly targetName: string;
  /** This computer's name, for the host's log. */
  readonly workstation?: string;
  /**
   * Default 5. With 2 a host from before May 2018 is taken too, whose login a man in the middle can steal
   * (CVE-2018-0886): only behind a pinned certificate.
   */
  readonly minimumVersion?: 2 | 5;
  /** Cryptographically random bytes, in a new array that is wiped after its use. */
  readonly random: (length: number) => Uint8Array;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

export type CredSspStep =
  | { readonly kind: 'send'; readonly bytes: Uint8Array }
  /** Logged in. `rest` came behind the server's last message. */
  | { readonly kind: 'done'; readonly rest: Uint8Array };

type State =
  | { readonly at: 'beginning' }
  | { readonly at: 'challenge'; readonly ntlm: NtlmClient }
  | {
      readonly at: 'public-key';
      readonly session: NtlmSession;
      readonly binding: PublicKeyBinding;
      readonly version: number;
    }
  | { readonly at: 'end' };

/**
 * The client's side of CredSSP, version 6, with NTLM and a password (MS-CSSP §3.1), inside an established TLS channel.
 * The server must prove that it sees the same TLS key before it is sent the password.
 */
export class CredSspClient {
  readonly #account: CredSspAccount;
  readonly #subjectPublicKey: Uint8Array;
  readonly #inbox = new FrameBuffer();
  #state: State = { at: 'beginning' };

  /** @param subjectPublicKey Of the server's certificate in this TLS channel, see {@link subjectPublicKeyOf}. */
  constructor(account: CredSspAccount, subjectPublicKey: Uint8Array) {
    if (subjectPublicKey.length === 0)
      throw new RdpTunnelError('invalid-argument', 'the TLS public key is empty');
    this.#account = account;
    this.#subjectPublicKey = subjectPublicKey.slice();
  }

  /** Has the account's proof been sent? A server that hangs up after it has refused the account. */
  get proofSent(): boolean {
    return this.#state.at === 'public-key';
  }

  /**
   * The first message.
   * @throws {RdpTunnelError} `wrong-state` on a second call
   */
  start(): Uint8Array {
    if (this.#state.at !== 'beginning') throw new RdpTunnelError('wrong-state', 'CredSSP has already begun');
    const { credentials, targetName, workstation, random, now } = this.#account;
    const ntlm = new NtlmClient({
      credentials,
      targetName,
      random,
      now,
      ...(workstation && { workstation }),
    });
    this.#state = { at: 'challenge', ntlm };
    return encodeTsRequest({ version: ourVersion, negoToken: ntlm.negotiate() });
  }

  /**
   * Takes what the server sent, in pieces of any size.
   * @throws {RdpTunnelError} `credssp-refused`, `credssp-version`, `public-key-mismatch`, `malformed`, `too-long`,
   * `wrong-state`; the login is over then
   */
  receive(bytes: Uint8Array): readonly CredSspStep[] {
    try {
      this.#inbox.push(bytes);
      const steps: CredSspStep[] = [];
      for (let frame = this.#take(); frame; frame = this.#take())
        steps.push(...this.#answer(parseTsRequest(frame)));
      return steps;
    } catch (error) {
      this.abort();
      throw error;
    }
  }

  /** Ends the login and zeroes its keys. */
  abort(): void {
    if (this.#state.at === 'public-key') this.#state.session.wipe();
    this.#state = { at: 'end' };
    this.#inbox.takeAll();
  }

  #take(): Uint8Array | undefined {
    if (this.#state.at === 'end' && this.#inbox.length === 0) return undefined;
    if (this.#state.at === 'end' || this.#state.at === 'beginning') {
      throw new RdpTunnelError('wrong-state', 'no CredSSP message was due');
    }
    return this.#inbox.take(tsRequestLength);
  }

  #answer(request: TsRequest): readonly CredSspStep[] {
    if (request.errorCode) {
      const reason = describeNtStatus(request.errorCode);
      throw new RdpTunnelError('credssp-refused', `the host refused the login: ${reason}`, {
        ntStatus: request.errorCode,
      });
    }
    if (this.#state.at === 'challenge') return [this.#prove(request, this.#state.ntlm)];
    if (this.#state.at === 'public-key') return this.#delegate(request, this.#state);
    throw new RdpTunnelError('wrong-state', 'no CredSSP message was due');
  }

  /** Sends the proof of the password, and which TLS key this side sees. */
  #prove(request: TsRequest, ntlm: NtlmClient): CredSspStep {
    const version = Math.min(request.version, ourVersion);
    if (version < (this.#account.minimumVersion ?? firstNonceVersion)) {
      throw new RdpTunnelError(
        'credssp-version',
        `the host speaks CredSSP ${version}, which is not safe (CVE-2018-0886)`,
      );
    }
    if (!request.negoToken) throw new RdpTunnelError('malformed', 'the host sent no NTLM challenge');
    const { message, session } = authenticate(ntlm, ntlmMessageOf(request.negoToken));
    const clientNonce = version >= firstNonceVersion ? this.#account.random(nonceLength) : undefined;
    const key = this.#subjectPublicKey;
    const binding = clientNonce ? hashedBinding(key, clientNonce) : plainBinding(key);
    this.#state = { at: 'public-key', session, binding, version: request.version };
    const pubKeyAuth = session.seal(binding.fromClient);
    return {
      kind: 'send',
      bytes: encodeTsRequest({ version: ourVersion, negoToken: message, pubKeyAuth, clientNonce }),
    };
  }

  /** Sends the password, once the server has proved that the channel ends at it. */
  #delegate(request: TsRequest, state: Extract<State, { at: 'public-key' }>): readonly CredSspStep[] {
    if (request.version !== state.version)
      throw new RdpTunnelError('malformed', 'the host changed its CredSSP version');
    if (!request.pubKeyAuth) throw new RdpTunnelError('malformed', 'the host did not prove its TLS key');
    requireProof(state, request.pubKeyAuth);
    const credentials = encodeTsCredentials(this.#account.credentials);
    const authInfo = state.session.seal(credentials);
    credentials.fill(0);
    state.session.wipe();
    this.#state = { at: 'end' };
    return [
      { kind: 'send', bytes: encodeTsRequest({ version: ourVersion, authInfo }) },
      { kind: 'done', rest: this.#inbox.takeAll() },
    ];
  }
}

function authenticate(ntlm: NtlmClient, challenge: Uint8Array): ReturnType<NtlmClient['authenticate']> {
  try {
    return ntlm.authenticate(challenge);
  } catch (cause) {
    if (!(cause instanceof NtlmError)) throw cause;
    const code =
      cause.code === 'weak-security'
        ? 'credssp-refused'
        : cause.code === 'invalid-argument'
          ? cause.code
          : 'malformed';
    throw new RdpTunnelError(code, cause.message, { cause });
  }
}

function requireProof(
  { session, binding }: Extract<State, { at: 'public-key' }>,
  pubKeyAuth: Uint8Array,
): void {
  let proof: Uint8Array | undefined;
  try {
    proof = session.unseal(pubKeyAuth);
  } catch (error) {
    if (!(error instanceof NtlmError)) throw error;
  }
  const expected = binding.fromServer;
  if (proof?.length === expected.length && timingSafeEqual(proof, expected)) return;
  throw new RdpTunnelError(
    'public-key-mismatch',
    'the host did not prove its TLS key: somebody may sit in the middle',
  );
}
