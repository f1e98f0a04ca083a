import { PassThrough } from 'node:stream';
import { ConsoleError, Secret } from '@remote-consoles/core';
import { encodeConnectionConfirm } from '@remote-consoles/rdp-tunnel';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Upstream, UpstreamReceiver } from '../relay/upstream.js';
import { enterRdpServer, type RdpSecurity } from './rdp-server-phase.js';

/** An RDP server that says what it is told to, to whoever listens. */
class FakeServer implements Upstream {
  readonly quiet = true;
  readonly heard: Uint8Array[] = [];
  destroyed = false;
  #receiver: UpstreamReceiver | undefined;

  attach(receiver: UpstreamReceiver | undefined): void {
    this.#receiver = receiver;
  }

  write(bytes: Uint8Array): boolean {
    this.heard.push(bytes);
    return true;
  }

  resume(): void {}
  close(): void {}

  destroy(): void {
    this.destroyed = true;
  }

  release(): PassThrough {
    this.#receiver = undefined;
    return new PassThrough();
  }

  /** @returns how much of it was listened to */
  say(pieces: readonly Uint8Array[]): number {
    let said = 0;
    for (const piece of pieces) {
      if (this.#receiver?.upstreamBytes(Buffer.from(piece), 0, piece.length) !== true) break;
      said += piece.length;
    }
    return said;
  }

  hangUp(): void {
    this.#receiver?.upstreamEnded();
  }
}

const account = { user: 'u', password: new Secret('pw-nobody-sees') };
const tls = { trust: { kind: 'system' } } as const;
const SECURITIES: readonly RdpSecurity[] = [
  { kind: 'rdp', mode: 'tls', tls },
  { kind: 'rdp', mode: 'nla', tls, account },
];
const securities = fc.constantFrom(...SECURITIES);

function enter(security: RdpSecurity) {
  const server = new FakeServer();
  const controller = new AbortController();
  const outcome = enterRdpServer(server, security, 'host', controller.signal).then(
    () => 'entered',
    (error: unknown) => error,
  );
  return { server, controller, outcome };
}

describe('enterRdpServer', () => {
  it('stands any first bytes: it waits, goes on to TLS, or refuses and hangs up', async () => {
    const confirm = encodeConnectionConfirm({ kind: 'selected', protocol: 1, flags: 0 });
    const spoilt = fc
      .array(fc.tuple(fc.nat(confirm.length - 1), fc.nat(255)), { maxLength: 3 })
      .map((changes) => {
        const bytes = confirm.slice();
        for (const [at, value] of changes) bytes[at] = value;
        return [bytes.slice(0, 7), bytes.slice(7)];
      });
    const noise = fc.array(fc.uint8Array({ minLength: 1, maxLength: 100 }), { maxLength: 10 });
    await fc.assert(
      fc.asyncProperty(securities, fc.oneof(noise, spoilt), async (security, pieces) => {
        const { server, controller, outcome } = enter(security);
        // No honest confirm is longer: nothing more is taken.
        expect(server.say(pieces)).toBeLessThan(400);
        controller.abort(new ConsoleError('console-unreachable', 'late'));
        expect(await outcome).toBeInstanceOf(ConsoleError);
        expect(Buffer.concat(server.heard).includes('pw-nobody-sees')).toBe(false);
      }),
      { numRuns: 300 },
    );
  });

  it.each(SECURITIES)('says who hung up, and that it is over, with $mode', async (security) => {
    const { server, outcome } = enter(security);
    server.hangUp();
    expect(await outcome).toMatchObject({ code: 'console-refused', word: 'negotiation-failed' });
    expect(server.destroyed).toBe(true);
  });

  it.each<[string, RdpSecurity]>([
    ['no account', { kind: 'rdp', mode: 'nla', tls }],
    ['no preconnection blob', { kind: 'rdp', mode: 'vmconnect', tls, account }],
  ])('says nothing where there is %s', async (_what, security) => {
    const { server, outcome } = enter(security);
    expect(await outcome).toMatchObject({ code: 'console-refused' });
    expect(server.heard).toEqual([]);
  });

  it('says nothing when it was given up before', async () => {
    const server = new FakeServer();
    const given = new ConsoleError('console-unreachable', 'given up');
    await expect(
      enterRdpServer(server, { kind: 'rdp', mode: 'tls', tls }, 'host', AbortSignal.abort(given)),
    ).rejects.toBe(given);
    expect(server.heard).toEqual([]);
    expect(server.destroyed).toBe(true);
  });
});
