import { type CredSspAccount, CredSspClient } from './credssp.js';
import { RdpTunnelError } from './errors.js';
import { FrameBuffer } from './frame-buffer.js';
import { encodePreconnectionBlob } from './preconnection-blob.js';
import {
  connectionPduLength,
  describeNegotiationFailure,
  encodeConnectionConfirm,
  encodeConnectionRequest,
  parseConnectionConfirm,
  SecurityProtocol,
} from './x224.js';

/** How the server wants to be spoken to. */
export type RdpNegotiationOptions =
  /** X.224, TLS. */
  | { readonly mode: 'tls' }
  /** X.224, TLS, CredSSP: network level authentication. */
  | { readonly mode: 'nla'; readonly account: CredSspAccount }
  /** Preconnection blob, TLS, CredSSP, X.224: the console of a Hyper-V VM. */
  | { readonly mode: 'vmconnect'; readonly account: CredSspAccount; readonly preconnectionText: string };

/** What the owner of the socket has to do next. */
export type RdpNegotiationStep =
  | { readonly kind: 'send'; readonly bytes: Uint8Array }
  /** Begin TLS, check the certificate, then call `tlsEstablished`. From here on only decrypted bytes are taken. */
  | { readonly kind: 'start-tls' }
  | {
      readonly kind: 'done';
      /** An X.224 connection confirm for a client that has no part in TLS and CredSSP: it selects SSL. */
      readonly x224Confirm: Uint8Array;
      /** What the server selected; the client's MCS Connect-Initial must say so too. */
      readonly selectedProtocol: number;
      /** The server's first bytes of RDP, if any came already. */
      readonly rest: Uint8Array;
    };

/** The server's certificate, as far as the login is bound to it. */
export interface EstablishedTls {
  /** See {@link subjectPublicKeyOf}. */
  readonly subjectPublicKey: Uint8Array;
}

type Phase = 'beginning' | 'x224' | 'tls' | 'credssp' | 'x224-in-tls' | 'end';

/** Everything before an RDP session, from the TCP connection to the first MCS message. Does no I/O. */
export class RdpNegotiation {
  readonly #options: RdpNegotiationOptions;
  readonly #inbox = new FrameBuffer();
  #phase: Phase = 'beginning';
  #credssp: CredSspClient | undefined;
  /** Flags of the server's confirm; the client wants to know them. */
  #flags = 0;

  constructor(options: RdpNegotiationOptions) {
    this.#options = options;
  }

  /**
   * The first steps on a new TCP connection. Hyper-V wants them within ten seconds of it.
   * @throws {RdpTunnelError} `invalid-argument`, `wrong-state`
   */
  start(): readonly RdpNegotiationStep[] {
    if (this.#phase !== 'beginning')
      throw new RdpTunnelError('wrong-state', 'the negotiation has already begun');
    if (this.#options.mode === 'vmconnect') {
      const bytes = encodePreconnectionBlob({ version: 2, id: 0, text: this.#options.preconnectionText });
      this.#phase = 'tls';
      return [{ kind: 'send', bytes }, { kind: 'start-tls' }];
    }
    this.#phase = 'x224';
    return [this.#requestConnection()];
  }

  /**
   * Takes what the server sent, in pieces of any size: before `start-tls` from the socket, after it decrypted.
   * @throws {RdpTunnelError} any code; the negotiation is over then
   */
  receive(bytes: Uint8Array): readonly RdpNegotiationStep[] {
    return this.#guard(() => {
      switch (this.#phase) {
        case 'x224':
          return this.#confirmBeforeTls(bytes);
        case 'credssp':
          return this.#authenticate(bytes);
        case 'x224-in-tls':
          return this.#confirmInTls(bytes);
        case 'tls':
          throw new RdpTunnelError('malformed', 'the server sent plain bytes where TLS was due');
        case 'beginning':
        case 'end':
          throw new RdpTunnelError('wrong-state', 'no bytes were due');
      }
    });
  }

  /**
   * To be called once the TLS handshake is done and the certificate accepted.
   * @throws {RdpTunnelError} `wrong-state`, `invalid-argument`
   */
  tlsEstablished({ subjectPublicKey }: EstablishedTls): readonly RdpNegotiationStep[] {
    return this.#guard(() => {
      if (this.#phase !== 'tls') throw new RdpTunnelError('wrong-state', 'no TLS was due');
      if (this.#options.mode === 'tls') return [this.#finish(SecurityProtocol.ssl, new Uint8Array(0))];
      this.#credssp = new CredSspClient(this.#options.account, subjectPublicKey);
      this.#phase = 'credssp';
      return [{ kind: 'send', bytes: this.#credssp.start() }];
    });
  }

  /** What it means that the server hung up now. The negotiation is over, its keys are zeroed. */
  connectionClosed(): RdpTunnelError {
    const error = this.#explainClose();
    this.abort();
    return error;
  }

  /** Ends the negotiation and zeroes its keys. */
  abort(): void {
    this.#phase = 'end';
    this.#credssp?.abort();
    this.#inbox.takeAll();
  }

  #guard(run: () => readonly RdpNegotiationStep[]): readonly RdpNegotiationStep[] {
    try {
      return run();
    } catch (error) {
      this.abort();
      throw error;
    }
  }

  get #wantedProtocol(): number {
    return this.#options.mode === 'tls' ? SecurityProtocol.ssl : SecurityProtocol.hybrid;
  }

  #requestConnection(): RdpNegotiationStep {
    // HYBRID_EX would bring one more message after CredSSP, and nothing that is needed.
    const bytes = encodeConnectionRequest({ requestedProtocols: this.#wantedProtocol, flags: 0 });
    return { kind: 'send', bytes };
  }

  #confirmBeforeTls(bytes: Uint8Array): readonly RdpNegotiationStep[] {
    if (!this.#takeConfirm(bytes)) return [];
    // Whoever sits on the plain connection could else put bytes in front of the server's first encrypted ones.
    if (this.#inbox.length > 0)
      throw new RdpTunnelError('malformed', 'the server sent plain bytes where TLS was due');
    this.#phase = 'tls';
    return [{ kind: 'start-tls' }];
  }

  #authenticate(bytes: Uint8Array): readonly RdpNegotiationStep[] {
    const steps: RdpNegotiationStep[] = [];
    for (const step of this.#credssp?.receive(bytes) ?? []) {
      if (step.kind === 'send') steps.push(step);
      else if (this.#options.mode === 'nla') steps.push(this.#finish(SecurityProtocol.hybrid, step.rest));
      else {
        this.#phase = 'x224-in-tls';
        steps.push(this.#requestConnection(), ...this.#confirmInTls(step.rest));
      }
    }
    return steps;
  }

  #confirmInTls(bytes: Uint8Array): readonly RdpNegotiationStep[] {
    return this.#takeConfirm(bytes) ? [this.#finish(SecurityProtocol.hybrid, this.#inbox.takeAll())] : [];
  }

  /** Has the server's confirm come, and does it select what was asked for? */
  #takeConfirm(bytes: Uint8Array): boolean {
    this.#inbox.push(bytes);
    const frame = this.#inbox.take(connectionPduLength);
    if (!frame) return false;
    const confirm = parseConnectionConfirm(frame);
    if (confirm.kind === 'selected' && confirm.protocol === this.#wantedProtocol) {
      this.#flags = confirm.flags;
      return true;
    }
    const reason =
      confirm.kind === 'failed'
        ? describeNegotiationFailure(confirm.failure)
        : confirm.kind === 'selected'
          ? `it selected protocol ${confirm.protocol}, ${this.#wantedProtocol} was asked for`
          : 'it knows no TLS';
    throw new RdpTunnelError('negotiation-failed', `the RDP server refused: ${reason}`, {
      x224Confirm: frame,
    });
  }

  #finish(selectedProtocol: number, rest: Uint8Array): RdpNegotiationStep {
    this.#phase = 'end';
    const x224Confirm = encodeConnectionConfirm({
      kind: 'selected',
      protocol: SecurityProtocol.ssl,
      flags: this.#flags,
    });
    return { kind: 'done', x224Confirm, selectedProtocol, rest };
  }

  #explainClose(): RdpTunnelError {
    switch (this.#phase) {
      case 'tls':
        return this.#options.mode === 'vmconnect'
          ? new RdpTunnelError('pcb', 'the host hung up on the preconnection blob: does it know this VM?')
          : new RdpTunnelError('tls', 'the server hung up before TLS');
      case 'credssp':
        return this.#credssp?.proofSent
          ? new RdpTunnelError('credssp-refused', 'the host hung up on the login: wrong account or password?')
          : new RdpTunnelError('credssp-refused', 'the host hung up on CredSSP: is NTLM switched off there?');
      case 'x224':
      case 'x224-in-tls':
        return new RdpTunnelError('negotiation-failed', 'the server hung up on the X.224 connection request');
      case 'beginning':
      case 'end':
        return new RdpTunnelError('wrong-state', 'no negotiation was under way');
    }
  }
}
