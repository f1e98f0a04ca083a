import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RfbClientHandshake, type RfbClientHandshakeOptions } from './client-handshake.js';
import type { HandshakeStep } from './handshake-step.js';
import { RfbError } from './rfb-error.js';
import { vncAuthResponse } from './vnc-auth.js';

const text = (value: string) => new TextEncoder().encode(value);
const bytes = (...parts: (string | number | readonly number[])[]) =>
  Uint8Array.from(parts.flatMap((part) => (typeof part === 'string' ? [...text(part)] : part)));

/** What a client sends, and how it ends, when a server says all this without waiting. */
function hear(options: RfbClientHandshakeOptions, ...pieces: Uint8Array[]) {
  const client = new RfbClientHandshake(options);
  const steps: HandshakeStep[] = [];
  for (const piece of pieces) steps.push(...client.receive(piece));
  const sent = steps.flatMap((step) => (step.kind === 'send' ? [...step.bytes] : []));
  return { client, steps, sent: Uint8Array.from(sent), done: steps.find((step) => step.kind === 'done') };
}

function failure(run: () => unknown): RfbError {
  try {
    run();
  } catch (error) {
    if (error instanceof RfbError) return error;
    throw error;
  }
  throw new Error('did not fail');
}

const never = { tls: 'never' } as const;
const challenge = Array.from({ length: 16 }, (_, i) => i);

describe('RfbClientHandshake', () => {
  it('finishes 3.8 None and keeps what the server sent too early', () => {
    const { sent, done } = hear(never, bytes('RFB 003.008\n', [1, 1], [0, 0, 0, 0], 'more'));
    expect(sent).toEqual(bytes('RFB 003.008\n', 1));
    expect(done).toEqual({ kind: 'done', security: 'none', rest: text('more') });
  });

  it('finishes 3.7 None without a SecurityResult', () => {
    const { sent, done } = hear(never, bytes('RFB 003.007\n', [2, 5, 1]));
    expect(sent).toEqual(bytes('RFB 003.007\n', 1));
    expect(done).toEqual({ kind: 'done', security: 'none', rest: new Uint8Array(0) });
  });

  it('lets a 3.3 server decide and sends no choice', () => {
    const none = hear(never, bytes('RFB 003.003\n', [0, 0, 0, 1]));
    expect(none.sent).toEqual(bytes('RFB 003.003\n'));
    expect(none.done).toMatchObject({ security: 'none' });
    const vnc = hear(
      { tls: 'never', password: 'x' },
      bytes('RFB 003.003\n', [0, 0, 0, 2], challenge, [0, 0, 0, 0]),
    );
    expect(vnc.sent).toEqual(bytes('RFB 003.003\n', [...vncAuthResponse('x', Uint8Array.from(challenge))]));
    expect(vnc.done).toMatchObject({ security: 'vnc' });
  });

  it.each([
    ['003.003', '003.003'],
    ['003.006', '003.003'],
    ['003.007', '003.007'],
    ['003.008', '003.008'],
    ['003.889', '003.003'],
    ['004.001', '003.008'],
    ['005.000', '003.008'],
  ])('answers RFB %s with %s', (announced, answered) => {
    expect(hear(never, bytes(`RFB ${announced}\n`)).sent).toEqual(bytes(`RFB ${answered}\n`));
  });

  it.each(['RFB 002.009\n', 'RFB 003.002\n', 'RFB 000.000\n'])('refuses %j as unsupported', (version) => {
    expect(failure(() => hear(never, bytes(version))).code).toBe('unsupported-version');
  });

  it.each(['H', 'SSH-2.0', 'RFB 003.0x', 'RFB 003.008\r', 'RFB 003,008'])(
    'refuses %j before 12 bytes are in',
    (start) => {
      expect(failure(() => hear(never, bytes(start))).code).toBe('not-rfb');
    },
  );

  it('prefers TLS, then the password, then None', () => {
    const offer = bytes('RFB 003.008\n', [3, 1, 2, 19]);
    const choice = (options: RfbClientHandshakeOptions) => hear(options, offer).sent[12];
    expect(choice({ tls: 'allow', password: 'x' })).toBe(19);
    expect(choice({ tls: 'never', password: 'x' })).toBe(2);
    expect(choice({ tls: 'never' })).toBe(1);
    expect(choice({ tls: 'require' })).toBe(19);
  });

  it('takes X509Vnc before X509None when it has a password', () => {
    const offer = bytes('RFB 003.008\n', [1, 19], [0, 2], 0, [3, 0, 0, 1, 5, 0, 0, 1, 4, 0, 0, 1, 2]);
    expect(hear({ tls: 'require', password: 'x' }, offer).sent.slice(-4)).toEqual(bytes([0, 0, 1, 5]));
    expect(hear({ tls: 'require' }, offer).sent.slice(-4)).toEqual(bytes([0, 0, 1, 4]));
  });

  it('does not take anonymous TLS', () => {
    const offer = bytes('RFB 003.008\n', [1, 19], [0, 2], 0, [2, 0, 0, 1, 1, 0, 0, 1, 2]);
    expect(failure(() => hear({ tls: 'allow', password: 'x' }, offer)).code).toBe('no-common-security');
  });

  it.each([
    ['an old version', [0, 1]],
    ['a refused version', [0, 2, 255]],
    ['a refused subtype', [0, 2, 0, 1, 0, 0, 1, 4, 0]],
  ])('reports %s of VeNCrypt', (_, answer) => {
    const run = () => hear({ tls: 'require' }, bytes('RFB 003.008\n', [1, 19], answer));
    expect(failure(run).code).toBe('vencrypt-refused');
  });

  it('refuses bytes injected before TLS, in the same packet or a later one', () => {
    const agreed = bytes('RFB 003.008\n', [1, 19], [0, 2], 0, [1, 0, 0, 1, 4], 1);
    expect(failure(() => hear({ tls: 'require' }, bytes([...agreed, 0, 0, 0, 0]))).code).toBe('malformed');
    expect(failure(() => hear({ tls: 'require' }, agreed, bytes([0, 0, 0, 0]))).code).toBe('malformed');
    const { client, steps } = hear({ tls: 'require' }, agreed);
    expect(steps.at(-1)).toEqual({ kind: 'start-tls' });
    expect(client.phase).toBe('tls');
    expect(client.tlsEstablished()).toEqual([]);
    expect(client.receive(bytes([0, 0, 0, 0]))).toEqual([
      { kind: 'done', security: 'x509none', rest: bytes() },
    ]);
  });

  it('keeps the reason of a refusal apart, short and harmless', () => {
    const reason = `<b>\u001b[31mno\r\n\u202eway</b>${'x'.repeat(9000)}`;
    const length = [0, 0, text(reason).length >> 8, text(reason).length & 255];
    const error = failure(() => hear(never, bytes('RFB 003.008\n', 0, length, reason)));
    expect(error.code).toBe('security-refused');
    expect(error.message).toBe('server refused the connection');
    expect(error.reason).toMatch(/^<b> \[31mno way<\/b>x+$/);
    expect(text(error.reason ?? '').length).toBeLessThanOrEqual(256);
  });

  it('does not wait for, or make room for, a 4 GiB reason', () => {
    const error = failure(() =>
      hear(never, bytes('RFB 003.008\n', 0, [255, 255, 255, 255], 'y'.repeat(256))),
    );
    expect(error.reason).toBe('y'.repeat(256));
  });

  it('reports a wrong password with and without a reason', () => {
    const start = bytes('RFB 003.008\n', [1, 2], challenge, [0, 0, 0, 1], [0, 0, 0, 4], 'nope');
    const error = failure(() => hear({ tls: 'never', password: 'x' }, start));
    expect(error).toMatchObject({ code: 'authentication-failed', reason: 'nope' });
    const old = bytes('RFB 003.003\n', [0, 0, 0, 2], challenge, [0, 0, 0, 1]);
    expect(failure(() => hear({ tls: 'never', password: 'x' }, old))).toMatchObject({
      code: 'authentication-failed',
    });
  });

  it('names a refusal that was cut short, and a connection that was', () => {
    const refused = hear(
      { tls: 'never', password: 'x' },
      bytes('RFB 003.008\n', [1, 2], challenge, [0, 0, 0, 1]),
    );
    expect(failure(() => refused.client.end()).code).toBe('authentication-failed');
    const short = hear(never, bytes('RFB 003.008\n', 0, [0, 0, 1, 0], 'too many'));
    expect(failure(() => short.client.end())).toMatchObject({ code: 'security-refused', reason: 'too many' });
    expect(failure(() => hear(never, bytes('RFB 0')).client.end()).code).toBe('closed');
    expect(failure(() => hear(never, bytes('RFB 003.008\n')).client.end()).message).toContain('security');
  });

  it('survives 255 security types and picks the one it knows', () => {
    const types = Array.from({ length: 255 }, (_, i) => 255 - i);
    expect(hear(never, bytes('RFB 003.008\n', 255, types)).sent[12]).toBe(1);
    const unknown = types.map(() => 77);
    const error = failure(() => hear(never, bytes('RFB 003.008\n', 255, unknown)));
    expect(error.code).toBe('no-common-security');
    expect(error.message.length).toBeLessThan(120);
  });

  it('is cut off when the server floods it before its turn', () => {
    const { client } = hear({ tls: 'never', password: 'x' }, bytes('RFB 003.008\n', [1, 2]));
    expect(failure(() => client.receive(new Uint8Array(70_000))).code).toBe('too-long');
    expect(failure(() => client.receive(new Uint8Array(1))).code).toBe('too-long');
  });

  it('answers any bytes, in any pieces, with steps or an RfbError', () => {
    const piece = fc.oneof(
      fc.constantFrom('RFB 003.008\n', 'RFB 003.003\n', 'RFB 003.007\n').map(text),
      fc
        .constantFrom([1, 1], [1, 2], [1, 19], [0, 2, 0], [1, 0, 0, 1, 4], [0, 0, 0, 0], [0, 0, 0, 1])
        .map((b) => Uint8Array.from(b)),
      fc.uint8Array({ maxLength: 40 }),
    );
    const options = fc.record(
      { tls: fc.constantFrom('never', 'allow', 'require'), password: fc.string() },
      { requiredKeys: ['tls'] },
    );
    fc.assert(
      fc.property(options, fc.array(piece, { maxLength: 12 }), (options, pieces) => {
        const client = new RfbClientHandshake(options);
        try {
          for (const piece of pieces) {
            const steps = client.receive(piece);
            if (steps.some((step) => step.kind === 'done')) return;
            if (client.phase === 'tls') client.tlsEstablished();
          }
        } catch (error) {
          expect(error).toBeInstanceOf(RfbError);
        }
      }),
      { numRuns: 500 },
    );
  });
});
