import { timingSafeEqual } from 'node:crypto';
import { type NtlmCredentials, NtlmError, type NtlmSession } from '@remote-consoles/ntlm';
import { NtlmAcceptor, type NtlmAcceptorOptions } from '@remote-consoles/ntlm/acceptor';
import { RdpTunnelError } from './errors.js';
import { FrameBuffer } from './frame-buffer.js';
import { statusLogonFailure } from './nt-status.js';
import { firstNonceVersion, hashedBinding, nonceLength, plainBinding } from './public-key-binding.js';
import { ntlmMessageOf } from './spnego.js';
import { parseTsCredentials } from './ts-credentials.js';
import { encodeTsRequest, parseTsRequest, type TsRequest, tsRequestLength } from './ts-request.js';

export interface CredSspAcceptorOptions extends NtlmAcceptorOptions {
  /** Of this server's certificate in this TLS channel. */
  readonly subjectPublicKey: Uint8Array;
  /** The highest version spoken, 2 to 6. Default 6. */
  readonly version?: number;
}

export type CredSspAcceptorStep =
  | { readonly kind: 'send'; readonly bytes: Uint8Array }
  /** Logged in: who by NTLM, what was delegated, and what came behind it. */
  | {
      readonly kind: 'done';
      readonly credentials: NtlmCredentials;
      readonly targetName: string;
      readonly rest: Uint8Array;
    }
  /** Send the bytes, then hang up. */
  | { readonly kind: 'refused'; readonly bytes: Uint8Array; readonly ntStatus: number };

/** MS-ERREF's SEC_E_MESSAGE_ALTERED. */
const statusMessageAltered = 0x8009030f;

type State =
  | { readonly at: 'negotiate' | 'authenticate' | 'end' }
  | { readonly at: 'credentials'; readonly session: NtlmSession; readonly targetName: string };

/** The server's side of CredSSP with NTLM, without SPNEGO (MS-CSSP §3.1). For test doubles. */
export class CredSspAcceptor {
  readonly #options: CredSspAcceptorOptions;
  readonly #ntlm: NtlmAcceptor;
  readonly #inbox = new FrameBuffer();
  readonly #version: number;
  #state: State = { at: 'negotiate' };

  constructor(options: CredSspAcceptorOptions) {
    this.#options = options;
    this.#version = options.version ?? 6;
    this.#ntlm = new NtlmAcceptor(options);
  }

  /**
   * Takes what the client sent, in pieces of any size.
   * @throws {RdpTunnelError} `malformed`, `too-long`, `wrong-state`; {@link NtlmError} but for a wrong login
   */
  receive(bytes: Uint8Array): readonly CredSspAcceptorStep[] {
    this.#inbox.push(bytes);
    const steps: CredSspAcceptorStep[] = [];
    while (this.#state.at !== 'end') {
      const frame = this.#inbox.take(tsRequestLength);
      if (!frame) return steps;
      steps.push(this.#answer(parseTsRequest(frame)));
    }
    if (this.#inbox.length > 0) throw new RdpTunnelError('wrong-state', 'CredSSP is over');
    return steps;
  }

  #answer(request: TsRequest): CredSspAcceptorStep {
    switch (this.#state.at) {
      case 'negotiate':
        this.#state = { at: 'authenticate' };
        return this.#send({
          negoToken: this.#ntlm.challenge(ntlmMessageOf(required(request.negoToken, 'token'))),
        });
      case 'authenticate':
        return this.#check(request);
      case 'credentials':
        return this.#finish(request, this.#state);
      case 'end':
        throw new RdpTunnelError('wrong-state', 'CredSSP is over');
    }
  }

  #check(request: TsRequest): CredSspAcceptorStep {
    const version = Math.min(this.#version, request.version);
    const key = this.#options.subjectPublicKey;
    const nonce = version >= firstNonceVersion ? required(request.clientNonce, 'nonce') : undefined;
    if (nonce && nonce.length !== nonceLength) throw new RdpTunnelError('malformed', 'a nonce has 32 bytes');
    const binding = nonce ? hashedBinding(key, nonce) : plainBinding(key);
    try {
      const { session, targetName } = this.#ntlm.accept(ntlmMessageOf(required(request.negoToken, 'token')));
      const proof = session.unseal(required(request.pubKeyAuth, 'proof of the TLS key'));
      if (proof.length !== binding.fromClient.length || !timingSafeEqual(proof, binding.fromClient)) {
        return this.#refuse(statusMessageAltered);
      }
      this.#state = { at: 'credentials', session, targetName };
      return this.#send({ pubKeyAuth: session.seal(binding.fromServer) });
    } catch (error) {
      if (error instanceof NtlmError && error.code === 'logon-failure')
        return this.#refuse(statusLogonFailure);
      throw error;
    }
  }

  #finish(request: TsRequest, state: Extract<State, { at: 'credentials' }>): CredSspAcceptorStep {
    const credentials = parseTsCredentials(state.session.unseal(required(request.authInfo, 'credentials')));
    state.session.wipe();
    this.#state = { at: 'end' };
    return { kind: 'done', credentials, targetName: state.targetName, rest: this.#inbox.takeAll() };
  }

  #send(fields: Omit<TsRequest, 'version'>): CredSspAcceptorStep {
    return { kind: 'send', bytes: encodeTsRequest({ version: this.#version, ...fields }) };
  }

  #refuse(ntStatus: number): CredSspAcceptorStep {
    this.#state = { at: 'end' };
    return {
      kind: 'refused',
      bytes: encodeTsRequest({ version: this.#version, errorCode: ntStatus }),
      ntStatus,
    };
  }
}

function required(value: Uint8Array | undefined, what: string): Uint8Array {
  if (!value) throw new RdpTunnelError('malformed', `the client's CredSSP message has no ${what}`);
  return value;
}
