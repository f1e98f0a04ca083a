import { ConsoleError, type ConsoleSecurity, type TlsSettings } from '@remote-consoles/core';
import { type HandshakeStep, RfbClientHandshake, RfbError, type Security } from '@remote-consoles/rfb';
import { connectError } from '../dial/connect-error.js';
import { startTls } from '../dial/start-tls.js';
import { assertPinnedCertificate, tlsOptions } from '../dial/tls-settings.js';
import type { Upstream, UpstreamReceiver } from '../relay/upstream.js';

type RfbSecurity = Extract<ConsoleSecurity, { kind: 'rfb' | 'none' }>;

/** A console that has let us in: its next message answers ClientInit. */
export interface SecuredUpstream {
  /** Another one than was given where TLS was started. */
  readonly upstream: Upstream;
  readonly security: Security;
}

/**
 * Goes through the RFB security phase with the hypervisor on the user's behalf (RFC 6143 §7.1, VeNCrypt 0.2).
 *
 * @param host what was dialled, for the certificate's name
 * @param signal gives up and closes the connection
 * @throws ConsoleError `console-refused`, `console-unreachable`; the connection is closed
 */
export function secureVncUpstream(
  upstream: Upstream,
  security: RfbSecurity,
  host: string | undefined,
  signal: AbortSignal,
): Promise<SecuredUpstream> {
  return new Promise((resolve, reject) => {
    new VncSecurityPhase(upstream, security, host, signal, resolve, reject).start();
  });
}

class VncSecurityPhase implements UpstreamReceiver {
  #upstream: Upstream;
  readonly #handshake: RfbClientHandshake;
  readonly #tls: TlsSettings | undefined;
  readonly #host: string | undefined;
  readonly #signal: AbortSignal;
  readonly #resolve: (secured: SecuredUpstream) => void;
  readonly #reject: (error: unknown) => void;

  constructor(
    upstream: Upstream,
    security: RfbSecurity,
    host: string | undefined,
    signal: AbortSignal,
    resolve: (secured: SecuredUpstream) => void,
    reject: (error: unknown) => void,
  ) {
    const { password, tls, tlsRequired } = security.kind === 'rfb' ? security : {};
    this.#upstream = upstream;
    this.#handshake = new RfbClientHandshake({
      ...(password && { password: password.reveal() }),
      tls: tlsRequired ? 'require' : tls ? 'allow' : 'never',
    });
    this.#tls = tls;
    this.#host = host;
    this.#signal = signal;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  start(): void {
    this.#signal.addEventListener('abort', this.#onAbort, { once: true });
    if (this.#signal.aborted) this.#onAbort();
    else this.#upstream.attach(this);
  }

  upstreamBytes(buffer: Buffer, start: number, length: number): boolean {
    return this.#take(() => this.#handshake.receive(buffer.subarray(start, start + length)));
  }

  upstreamDrained(): void {}

  upstreamEnded(): void {
    this.#take(() => this.#handshake.end());
  }

  fault(error: unknown): void {
    this.#fail(error);
  }

  /** @returns whether to read on */
  #take(advance: () => readonly HandshakeStep[]): boolean {
    try {
      return advance().reduce((_, step) => this.#follow(step), true);
    } catch (error) {
      this.#fail(error);
      return false;
    }
  }

  #follow(step: HandshakeStep): boolean {
    switch (step.kind) {
      case 'send':
        this.#upstream.write(step.bytes);
        return true;
      case 'start-tls':
        this.#startTls().catch((error: unknown) => this.#fail(error));
        return false;
      case 'done':
        if (step.rest.length > 0) throw new RfbError('malformed', 'server spoke before its turn');
        this.#finish(step.security);
        return false;
    }
  }

  async #startTls(): Promise<void> {
    const tls = this.#tls;
    if (tls === undefined)
      throw new ConsoleError('console-refused', 'the console needs TLS, none is configured');
    const started = await startTls(this.#upstream, tlsOptions(tls, this.#host), this.#signal);
    this.#upstream = started.upstream;
    assertPinnedCertificate(started.certificate, tls);
    this.#take(() => this.#handshake.tlsEstablished());
    if (this.#handshake.phase !== 'done') this.#upstream.attach(this);
  }

  #finish(security: Security): void {
    this.#signal.removeEventListener('abort', this.#onAbort);
    this.#upstream.attach(undefined);
    this.#resolve({ upstream: this.#upstream, security });
  }

  readonly #onAbort = (): void => this.#fail(this.#signal.reason);

  #fail(error: unknown): void {
    this.#signal.removeEventListener('abort', this.#onAbort);
    this.#upstream.attach(undefined);
    this.#upstream.destroy();
    this.#reject(error instanceof RfbError ? refused(error) : connectError(error));
  }
}

/** The console's own words stay in the cause: they are not for the viewer. */
function refused(error: RfbError): ConsoleError {
  return new ConsoleError('console-refused', `the console did not let the gateway in (${error.code})`, {
    cause: error,
  });
}
