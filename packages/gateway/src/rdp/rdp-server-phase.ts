import type { X509Certificate } from 'node:crypto';
import type { ConnectionOptions } from 'node:tls';
import { ConsoleError, type ConsoleSecurity } from '@remote-consoles/core';
import {
  RdpNegotiation,
  type RdpNegotiationOptions,
  type RdpNegotiationStep,
  RdpTunnelError,
  subjectPublicKeyOf,
} from '@remote-consoles/rdp-tunnel';
import { connectError } from '../dial/connect-error.js';
import { type StartedTls, startTls } from '../dial/start-tls.js';
import { assertPinnedCertificate, tlsOptions } from '../dial/tls-settings.js';
import type { Upstream, UpstreamReceiver } from '../relay/upstream.js';
import { certificateFailure, negotiationFailure, tlsFailure } from './failure-answer.js';

export type RdpSecurity = Extract<ConsoleSecurity, { kind: 'rdp' }>;

/** An RDP server that has let us in: its next message answers MCS Connect-Initial. */
export interface RdpServer {
  readonly upstream: Upstream;
  /** The confirm for a viewer that has no part in TLS and CredSSP. */
  readonly x224Confirm: Uint8Array;
  readonly selectedProtocol: number;
  /** DER, the server's own first. */
  readonly certificates: readonly Uint8Array[];
}

/**
 * Does on the user's behalf all that comes before RDP itself: preconnection blob, X.224, TLS and CredSSP, in the order of
 * the mode. The certificate is verified or matches its pin before the account's name or a proof of its password leave.
 *
 * @param host what was dialled, for the certificate's and the service's name
 * @param signal gives up and closes the connection
 * @param secured called when the server has proved who it is
 * @throws ConsoleError `console-refused` (`RdpFailure`), `console-unreachable`; the connection is closed
 */
export function enterRdpServer(
  upstream: Upstream,
  security: RdpSecurity,
  host: string | undefined,
  signal: AbortSignal,
  secured: () => void = () => {},
): Promise<RdpServer> {
  return new Promise((resolve, reject) => {
    new RdpServerPhase(upstream, security, host, signal, secured, resolve, reject).start();
  });
}

class RdpServerPhase implements UpstreamReceiver {
  #upstream: Upstream;
  readonly #security: RdpSecurity;
  readonly #host: string | undefined;
  readonly #negotiation: RdpNegotiation;
  readonly #signal: AbortSignal;
  readonly #onSecured: () => void;
  readonly #resolve: (server: RdpServer) => void;
  readonly #reject: (error: unknown) => void;
  #certificates: readonly Uint8Array[] = [];

  constructor(
    upstream: Upstream,
    security: RdpSecurity,
    host: string | undefined,
    signal: AbortSignal,
    onSecured: () => void,
    resolve: (server: RdpServer) => void,
    reject: (error: unknown) => void,
  ) {
    this.#upstream = upstream;
    this.#security = security;
    this.#host = host;
    this.#negotiation = new RdpNegotiation(negotiationOptions(security, host));
    this.#signal = signal;
    this.#onSecured = onSecured;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  start(): void {
    this.#signal.addEventListener('abort', this.#onAbort, { once: true });
    if (this.#signal.aborted) this.#onAbort();
    else if (this.#take(() => this.#negotiation.start())) this.#upstream.attach(this);
  }

  upstreamBytes(buffer: Buffer, start: number, length: number): boolean {
    return this.#take(() => this.#negotiation.receive(buffer.subarray(start, start + length)));
  }

  upstreamDrained(): void {}

  upstreamEnded(): void {
    this.#fail(this.#negotiation.connectionClosed());
  }

  fault(error: unknown): void {
    this.#fail(error);
  }

  /** @returns whether to read on */
  #take(advance: () => readonly RdpNegotiationStep[]): boolean {
    try {
      return advance().reduce((_, step) => this.#follow(step), true);
    } catch (error) {
      this.#fail(error);
      return false;
    }
  }

  #follow(step: RdpNegotiationStep): boolean {
    switch (step.kind) {
      case 'send':
        this.#upstream.write(step.bytes);
        return true;
      case 'start-tls':
        this.#startTls().catch((error: unknown) => this.#fail(error));
        return false;
      case 'done':
        this.#finish(step);
        return false;
    }
  }

  async #startTls(): Promise<void> {
    const started = await this.#secured(tlsOptions(this.#security.tls, this.#host));
    this.#upstream = started.upstream;
    const certificate = this.#checked(started.certificate);
    this.#certificates = chainOf(certificate);
    this.#onSecured();
    const subjectPublicKey = subjectPublicKeyOf(certificate.raw);
    if (this.#take(() => this.#negotiation.tlsEstablished({ subjectPublicKey }))) this.#upstream.attach(this);
  }

  async #secured(options: ConnectionOptions): Promise<StartedTls> {
    try {
      return await startTls(this.#upstream, options, this.#signal);
    } catch (error) {
      if (this.#signal.aborted) throw error;
      throw tlsFailure(error) ?? this.#negotiation.connectionClosed();
    }
  }

  #checked(certificate: X509Certificate | undefined): X509Certificate {
    try {
      assertPinnedCertificate(certificate, this.#security.tls);
    } catch (error) {
      throw error instanceof ConsoleError ? certificateFailure(error.message, undefined, error.cause) : error;
    }
    if (!certificate) throw certificateFailure('the console has no certificate');
    return certificate;
  }

  #finish({ x224Confirm, selectedProtocol, rest }: Extract<RdpNegotiationStep, { kind: 'done' }>): void {
    if (rest.length > 0) throw new RdpTunnelError('malformed', 'the server spoke before its turn');
    this.#signal.removeEventListener('abort', this.#onAbort);
    this.#upstream.attach(undefined);
    this.#resolve({
      upstream: this.#upstream,
      x224Confirm,
      selectedProtocol,
      certificates: this.#certificates,
    });
  }

  readonly #onAbort = (): void => this.#fail(this.#signal.reason);

  #fail(error: unknown): void {
    this.#signal.removeEventListener('abort', this.#onAbort);
    this.#negotiation.abort();
    this.#upstream.attach(undefined);
    this.#upstream.destroy();
    if (error instanceof RdpTunnelError) this.#reject(negotiationFailure(error));
    else this.#reject(this.#signal.aborted ? error : connectError(error));
  }
}

/** @throws ConsoleError `console-refused` where the mode needs what the adapter did not give */
function negotiationOptions(security: RdpSecurity, host: string | undefined): RdpNegotiationOptions {
  const { mode, account, preconnectionBlob, tls } = security;
  if (mode === 'tls') return { mode };
  if (!account) throw new ConsoleError('console-refused', 'the console needs an account, none is configured');
  const login = {
    credentials: {
      user: account.user,
      domain: account.domain ?? '',
      password: account.password.reveal(),
    },
    targetName: `TERMSRV/${tls.serverName ?? host ?? ''}`,
    random: (length: number) => crypto.getRandomValues(new Uint8Array(length)),
    now: Date.now,
  };
  if (mode === 'nla') return { mode, account: login };
  if (preconnectionBlob === undefined)
    throw new ConsoleError('console-refused', 'the console needs a preconnection blob, none is configured');
  return { mode, account: login, preconnectionText: preconnectionBlob };
}

/** More than any honest chain has. */
const LONGEST_CHAIN = 8;

/** The certificates that the server sent, as far as they lead. */
function chainOf(certificate: X509Certificate): Uint8Array[] {
  const chain: Uint8Array[] = [];
  for (
    let next: X509Certificate | undefined = certificate;
    next && chain.length < LONGEST_CHAIN;
    next = next.issuerCertificate
  ) {
    chain.push(next.raw);
    if (next.issuerCertificate === next) break;
  }
  return chain;
}
