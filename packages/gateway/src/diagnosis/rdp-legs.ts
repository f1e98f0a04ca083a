import {
  ConsoleError,
  type DiagnosisLeg,
  explainFailure,
  type LegResult,
  type TlsSettings,
} from '@remote-consoles/core';
import { enterRdpServer, type RdpSecurity, type RdpServer } from '../rdp/rdp-server-phase.js';
import type { Upstream } from '../relay/upstream.js';
import { certificateFailure, shownCertificate } from './certificate-leg.js';
import { inTime } from './in-time.js';
import { type RdpLegName, rdpFailure, rdpLegOf } from './rdp-advice.js';

/** A console that speaks RDP, and the way to it. */
export interface RdpConsole {
  /** The open connection. */
  readonly upstream: () => Upstream;
  /** Opens another one. */
  readonly dial: (signal: AbortSignal) => Promise<Upstream>;
  readonly security: RdpSecurity;
  readonly host: string | undefined;
  /** ms */
  readonly timeout: number;
}

const TRUST = { system: 'an authority of this system', ca: 'the configured CA', pin: 'its pin' } as const;

/** In the order of the mode. */
const LEGS: Readonly<Record<RdpSecurity['mode'], readonly RdpLegName[]>> = {
  vmconnect: ['preconnection blob', 'TLS', 'CredSSP', 'X.224'],
  nla: ['X.224', 'TLS', 'CredSSP'],
  tls: ['X.224', 'TLS'],
};

/** What comes before RDP itself, as the gateway does it for a viewer. Ends before a session would begin. */
export function rdpLegs(console: RdpConsole): DiagnosisLeg[] {
  const entry = new Entry(console);
  return LEGS[console.security.mode].map((name) => ({ name, run: () => entry.leg(name) }));
}

/** One entry into the server, told leg by leg. */
class Entry {
  readonly #console: RdpConsole;
  readonly #end = new AbortController();
  #secured: Promise<void> | undefined;
  #entered: Promise<RdpServer> | undefined;

  constructor(console: RdpConsole) {
    this.#console = console;
  }

  /** A leg has gone well when the next one has, or when what failed belongs to a later one. */
  async leg(name: RdpLegName): Promise<LegResult> {
    const { timeout, security } = this.#console;
    const last = LEGS[security.mode].at(-1) === name;
    try {
      await inTime(timeout, () => this.#reached(last || name === 'CredSSP'));
    } catch (error) {
      if (this.#isLater(name, error)) return { outcome: 'ok', detail: this.#detail(name) };
      this.#end.abort(error);
      return this.#failure(error);
    }
    if (last) (await this.#enter()).upstream.destroy();
    return { outcome: 'ok', detail: this.#detail(name) };
  }

  /** What is not a word of the negotiation came out of TLS: the connection itself has a leg before. */
  #isLater(name: RdpLegName, error: unknown): boolean {
    const order = LEGS[this.#console.security.mode];
    const failed = rdpLegOf(error) ?? (refusedByTls(error) ? 'TLS' : undefined);
    return failed !== undefined && order.indexOf(failed) > order.indexOf(name);
  }

  async #reached(inside: boolean): Promise<void> {
    const entered = this.#enter();
    await (inside ? entered : this.#secured);
  }

  #enter(): Promise<RdpServer> {
    if (this.#entered) return this.#entered;
    const { upstream, security, host } = this.#console;
    this.#secured = new Promise((resolve, reject) => {
      this.#entered = enterRdpServer(upstream(), security, host, this.#end.signal, resolve);
      this.#entered.catch(reject);
    });
    this.#secured.catch(() => undefined);
    return this.#entered ?? Promise.reject(new ConsoleError('console-unreachable', 'there is no connection'));
  }

  #detail(name: RdpLegName): string {
    const { account, tls } = this.#console.security;
    switch (name) {
      case 'preconnection blob':
        return 'the host takes the GUID of the VM and begins TLS';
      case 'X.224':
        return 'the server takes the security that the mode needs';
      case 'TLS':
        return `the certificate is believed by ${TRUST[tls.trust.kind]}`;
      case 'CredSSP':
        return `${account?.user ?? 'the account'} is let in`;
    }
  }

  async #failure(error: unknown): Promise<LegResult> {
    const { tls } = this.#console.security;
    const failure = rdpFailure(error);
    if (failure) return failure;
    if (!refusedByTls(error)) return explainFailure(error);
    return certificateFailure(error, tls, await shownCertificate(tls, (other) => this.#tryTls(other)));
  }

  async #tryTls(tls: TlsSettings): Promise<void> {
    const { dial, security, host, timeout } = this.#console;
    await inTime(timeout, async (signal) => {
      const { upstream } = await enterRdpServer(await dial(signal), { ...security, tls }, host, signal);
      upstream.destroy();
    });
  }
}

function refusedByTls(error: unknown): boolean {
  return error instanceof ConsoleError && error.code === 'console-refused' && rdpFailure(error) === undefined;
}
