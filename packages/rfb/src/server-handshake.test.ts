import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { HandshakeStep } from './handshake-step.js';
import { RfbError } from './rfb-error.js';
import { RfbServerHandshake, type RfbServerSecurity } from './server-handshake.js';
import { vncAuthResponse } from './vnc-auth.js';

const text = (value: string) => new TextEncoder().encode(value);
const bytes = (...parts: (string | number | readonly number[])[]) =>
  Uint8Array.from(parts.flatMap((part) => (typeof part === 'string' ? [...text(part)] : part)));
const challenge = new Uint8Array(16).fill(9);
const random = (n: number) => challenge.slice(0, n);
const none: RfbServerSecurity = { kind: 'none' };
const vnc: RfbServerSecurity = { kind: 'vnc', password: 'secret' };

function hear(security: RfbServerSecurity, ...pieces: Uint8Array[]) {
  const server = new RfbServerHandshake({ security, random });
  const steps: HandshakeStep[] = [...server.start()];
  for (const piece of pieces) steps.push(...server.receive(piece));
  const sent = steps.flatMap((step) => (step.kind === 'send' ? [...step.bytes] : []));
  return { server, steps, sent: Uint8Array.from(sent), done: steps.find((step) => step.kind === 'done') };
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

describe('RfbServerHandshake', () => {
  it('offers 3.8 first and says nothing more until it is answered', () => {
    const { sent, server } = hear(none);
    expect(sent).toEqual(bytes('RFB 003.008\n'));
    expect(server.phase).toBe('version');
  });

  it('keeps ClientInit that came in one packet with the choice, or with everything', () => {
    const { done, sent } = hear(none, bytes('RFB 003.008\n'), bytes(1, 1));
    expect(sent).toEqual(bytes('RFB 003.008\n', [1, 1], [0, 0, 0, 0]));
    expect(done).toEqual({ kind: 'done', security: 'none', rest: bytes(1) });
    expect(hear(none, bytes('RFB 003.008\n', 1, 0, 'more')).done).toMatchObject({ rest: bytes(0, 'more') });
  });

  it.each(['RFB 003.003\n', 'RFB 003.005\n', 'RFB 003.889\n'])('decides for a client of %j', (version) => {
    const { sent, done, server } = hear(none, bytes(version));
    expect(sent).toEqual(bytes('RFB 003.008\n', [0, 0, 0, 1]));
    expect(done).toMatchObject({ security: 'none' });
    expect(server.version).toBe('3.3');
  });

  it('sends no SecurityResult after None in 3.7', () => {
    const { sent, done } = hear(none, bytes('RFB 003.007\n'), bytes(1));
    expect(sent).toEqual(bytes('RFB 003.008\n', [1, 1]));
    expect(done).toMatchObject({ security: 'none' });
  });

  it.each(['RFB 003.003\n', 'RFB 003.007\n', 'RFB 003.008\n'])(
    'checks the password of a client of %j',
    (version) => {
      const choice = version === 'RFB 003.003\n' ? [] : [2];
      const right = bytes(choice, [...vncAuthResponse('secret', challenge)]);
      expect(hear(vnc, bytes(version), right).done).toMatchObject({ security: 'vnc' });
      const wrong = failure(() =>
        hear(vnc, bytes(version), bytes(choice, [...vncAuthResponse('Secret', challenge)])),
      );
      expect(wrong.code).toBe('authentication-failed');
      const farewell = [...(wrong.farewell ?? [])];
      const result = farewell.slice(
        farewell.findIndex((_, i) => farewell.slice(i, i + 4).join() === '0,0,0,1'),
      );
      expect(result.slice(0, 4)).toEqual([0, 0, 0, 1]);
      const reason = bytes(result.slice(4));
      expect(reason).toEqual(
        version === 'RFB 003.008\n' ? bytes([0, 0, 0, 21], 'Authentication failed') : bytes(),
      );
    },
  );

  it('says what it owed before it says no', () => {
    const error = failure(() => hear(none, bytes('RFB 003.008\n', 2)));
    expect(error.code).toBe('no-common-security');
    expect(error.farewell?.subarray(0, 6)).toEqual(bytes([1, 1], [0, 0, 0, 1]));
  });

  it('tells a 3.3 client why TLS cannot be', () => {
    const error = failure(() => hear({ kind: 'vencrypt-x509none' }, bytes('RFB 003.003\n')));
    expect(error.farewell?.subarray(0, 4)).toEqual(bytes([0, 0, 0, 0]));
    expect(new TextDecoder().decode(error.farewell?.subarray(8))).toMatch(/TLS/);
  });

  it('speaks VeNCrypt 0.2 and nothing but the subtype offered', () => {
    const x509none: RfbServerSecurity = { kind: 'vencrypt-x509none' };
    const opened = [bytes('RFB 003.008\n'), bytes(19), bytes(0, 2), bytes([0, 0, 1, 4])];
    const { steps, sent, server } = hear(x509none, ...opened);
    expect(sent).toEqual(bytes('RFB 003.008\n', [1, 19], [0, 2], 0, [1, 0, 0, 1, 4], 1));
    expect(steps.at(-1)).toEqual({ kind: 'start-tls' });
    expect(server.tlsEstablished()).toEqual([
      { kind: 'send', bytes: bytes([0, 0, 0, 0]) },
      { kind: 'done', security: 'x509none', rest: bytes() },
    ]);
    const refused = (...pieces: Uint8Array[]) => failure(() => hear(x509none, ...pieces)).code;
    expect(refused(bytes('RFB 003.008\n', 19, [0, 1]))).toBe('vencrypt-refused');
    expect(refused(bytes('RFB 003.008\n', 19, [0, 2], [0, 0, 1, 1]))).toBe('vencrypt-refused');
    expect(refused(bytes('RFB 003.008\n', 19, [0, 2], [0, 0, 1, 4], 1))).toBe('malformed');
    expect(refused(...opened, bytes(1))).toBe('malformed');
  });

  it('holds a client until it is accepted', () => {
    const server = new RfbServerHandshake({ security: none, random, waitForAccept: true });
    server.start();
    expect(server.receive(bytes('RFB 003.008\n', 1, 1))).toEqual([{ kind: 'send', bytes: bytes(1, 1) }]);
    expect(server.receive(bytes('more'))).toEqual([]);
    expect(server.accept()).toEqual([
      { kind: 'send', bytes: bytes([0, 0, 0, 0]) },
      { kind: 'done', security: 'none', rest: bytes(1, 'more') },
    ]);
  });

  it('does not hold a client that was accepted before it asked', () => {
    const server = new RfbServerHandshake({ security: none, random, waitForAccept: true });
    server.start();
    expect(server.accept()).toEqual([]);
    expect(server.receive(bytes('RFB 003.008\n', 1)).at(-1)).toMatchObject({ kind: 'done' });
  });

  it('turns a held client away with a reason, where the protocol has room for it', () => {
    const held = (...said: Uint8Array[]) => {
      const server = new RfbServerHandshake({ security: none, random, waitForAccept: true });
      server.start();
      for (const piece of said) server.receive(piece);
      return server;
    };
    expect(held(bytes('RFB 003.008\n', 1)).refuse('gone')).toEqual(bytes([0, 0, 0, 1], [0, 0, 0, 4], 'gone'));
    expect(held(bytes('RFB 003.007\n', 1)).refuse('gone')).toEqual(bytes());
    expect(held().refuse('gone')).toEqual(bytes());
  });

  it.each(['GET / HTTP/1.1\r\n', 'RFB 004.001\n', '\0'])('refuses a client that says %j', (greeting) => {
    expect(() => hear(none, bytes(greeting))).toThrow(RfbError);
  });

  it('reports a client that leaves', () => {
    expect(failure(() => hear(none, bytes('RFB')).server.end()).code).toBe('closed');
  });

  it('answers any bytes, in any pieces, with steps or an RfbError, and lets no one in without the password', () => {
    const piece = fc.oneof(
      fc.constantFrom('RFB 003.008\n', 'RFB 003.003\n', 'RFB 003.007\n').map(text),
      fc.constantFrom([2], [1], [19]).map((b) => Uint8Array.from(b)),
      fc.uint8Array({ maxLength: 40 }),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
        try {
          expect(hear(vnc, ...pieces).done).toBeUndefined();
        } catch (error) {
          expect(error).toBeInstanceOf(RfbError);
        }
      }),
      { numRuns: 500 },
    );
  });
});
