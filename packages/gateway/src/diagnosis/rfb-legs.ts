import {
  ConsoleError,
  type ConsoleSecurity,
  type DiagnosisLeg,
  type LegResult,
  printable,
  type TlsSettings,
} from '@remote-consoles/core';
import { VERSION_LENGTH } from '@remote-consoles/rfb';
import type { Upstream } from '../relay/upstream.js';
import { type SecuredUpstream, secureVncUpstream } from '../vnc/secure-upstream.js';
import { certificateFailure, shownCertificate } from './certificate-leg.js';
import { inTime, NoAnswer } from './in-time.js';
import { ObservedUpstream } from './observed-upstream.js';
import { readUpstream } from './read-upstream.js';
import { offeredSecurity, rfbFailure } from './rfb-advice.js';

type RfbSecurity = Extract<ConsoleSecurity, { kind: 'rfb' | 'none' }>;

const IN_BY = {
  none: 'without a password',
  vnc: 'with the password',
  x509none: 'over TLS',
  x509vnc: 'over TLS with the password',
} as const;

/** A console that speaks RFB, and the way to it. */
export interface RfbConsole {
  /** The open connection. */
  readonly upstream: () => Upstream;
  /** Opens another one. */
  readonly dial: (signal: AbortSignal) => Promise<Upstream>;
  readonly security: RfbSecurity;
  readonly host: string | undefined;
  /** ms */
  readonly timeout: number;
}

/** The start of RFB as the gateway goes through it for a viewer, in two legs. Ends before a viewer would be seen. */
export function rfbLegs(console: RfbConsole): DiagnosisLeg[] {
  const handshake = new Handshake(console);
  return [
    { name: 'RFB banner', run: () => handshake.banner() },
    { name: 'RFB security', run: () => handshake.security() },
  ];
}

/** The banner alone, where the viewer itself goes through the handshake. */
export function bannerLeg(upstream: () => Upstream, timeout: number): DiagnosisLeg {
  const run = async (): Promise<LegResult> => {
    const complete = (bytes: Buffer) => bytes.length >= VERSION_LENGTH || bytes.includes('\n');
    const bytes = await inTime(timeout, (signal) => readUpstream(upstream(), complete, signal));
    if (isBanner(bytes)) return { outcome: 'ok', detail: bannerOf(bytes) };
    return {
      outcome: 'failed',
      detail: 'the console does not speak RFB',
      advice: 'What answers there is no VNC server: check the version of the hypervisor.',
    };
  };
  return { name: 'RFB banner', run };
}

class Handshake {
  readonly #console: RfbConsole;
  readonly #end = new AbortController();
  #seen: Buffer = Buffer.alloc(0);
  #secured: Promise<SecuredUpstream> | undefined;

  constructor(console: RfbConsole) {
    this.#console = console;
  }

  async banner(): Promise<LegResult> {
    const { upstream, security, host, timeout } = this.#console;
    try {
      await inTime(timeout, () => this.#greeted(upstream(), security, host));
    } catch (error) {
      return this.#failure(error);
    }
    return { outcome: 'ok', detail: bannerOf(this.#seen) };
  }

  async security(): Promise<LegResult> {
    const secured = this.#secured;
    try {
      const { timeout } = this.#console;
      const inside = await inTime(timeout, () => secured ?? Promise.reject(new NoAnswer(timeout)));
      inside.upstream.destroy();
      return { outcome: 'ok', detail: `${this.#offer()}in ${IN_BY[inside.security]}` };
    } catch (error) {
      return this.#failure(error);
    }
  }

  /** Begins the handshake, which goes on by itself after the banner. */
  #greeted(upstream: Upstream, security: RfbSecurity, host: string | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const observed = new ObservedUpstream(upstream, () => {
        this.#seen = observed.seen;
        if (this.#seen.length >= VERSION_LENGTH && isBanner(this.#seen)) resolve();
      });
      this.#secured = secureVncUpstream(observed, security, host, this.#end.signal);
      this.#secured.catch(reject);
    });
  }

  #offer(): string {
    const offered = offeredSecurity(this.#seen);
    return offered === '' ? '' : `offers ${offered}; `;
  }

  async #failure(error: unknown): Promise<LegResult> {
    this.#end.abort(error);
    const { security } = this.#console;
    const tls = security.kind === 'rfb' ? security.tls : undefined;
    const failure = rfbFailure(error);
    if (failure) return failure;
    if (!tls || !(error instanceof ConsoleError && error.code === 'console-refused')) throw error;
    return certificateFailure(error, tls, await shownCertificate(tls, (other) => this.#tryTls(other)));
  }

  async #tryTls(tls: TlsSettings): Promise<void> {
    const { dial, security, host, timeout } = this.#console;
    await inTime(timeout, async (signal) => {
      const { upstream } = await secureVncUpstream(
        await dial(signal),
        { ...security, kind: 'rfb', tls },
        host,
        signal,
      );
      upstream.destroy();
    });
  }
}

function isBanner(bytes: Buffer): boolean {
  return bytes.toString('latin1', 0, 4) === 'RFB ';
}

function bannerOf(bytes: Buffer): string {
  return printable(bytes.subarray(0, VERSION_LENGTH).toString('latin1'));
}
