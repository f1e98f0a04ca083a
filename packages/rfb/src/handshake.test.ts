import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RfbClientHandshake, type RfbClientHandshakeOptions } from './client-handshake.js';
import type { HandshakeStep } from './handshake-step.js';
import { RfbError } from './rfb-error.js';
import { RfbServerHandshake, type RfbServerSecurity } from './server-handshake.js';

type Side = {
  receive(bytes: Uint8Array): readonly HandshakeStep[];
  tlsEstablished(): readonly HandshakeStep[];
};
type Done = Extract<HandshakeStep, { kind: 'done' }>;

const random = (n: number) => new Uint8Array(n).map((_, i) => i * 37 + 11);

/** Lets both sides talk over a wire that cuts bytes into pieces of the given sizes, with TLS that is only agreed. */
function converse(
  options: RfbClientHandshakeOptions,
  security: RfbServerSecurity,
  sizes: number[],
  clientTail: number[],
) {
  const client = new RfbClientHandshake(options);
  const server = new RfbServerHandshake({ security, random });
  const done: { client?: Done; server?: Done } = {};
  const queue: { to: 'client' | 'server'; bytes: number[] }[] = [];
  const tls = { client: false, server: false };
  let cut = 0;

  const act = (from: 'client' | 'server', steps: readonly HandshakeStep[]) => {
    const to = from === 'client' ? 'server' : 'client';
    for (const step of steps) {
      if (step.kind === 'send') queue.push({ to, bytes: [...step.bytes] });
      if (step.kind === 'start-tls') tls[from] = true;
      if (step.kind === 'done') done[from] = step;
      if (step.kind === 'done' && from === 'client') queue.push({ to, bytes: [...clientTail] });
    }
  };
  const sides: Record<'client' | 'server', Side> = { client, server };
  act('server', server.start());
  for (;;) {
    const packet = queue.shift();
    if (packet) {
      while (packet.bytes.length > 0) {
        const piece = packet.bytes.splice(0, sizes[cut++ % sizes.length] ?? 1);
        const finished = done[packet.to];
        if (finished) done[packet.to] = { ...finished, rest: Uint8Array.from([...finished.rest, ...piece]) };
        else act(packet.to, sides[packet.to].receive(Uint8Array.from(piece)));
      }
    } else if (tls.client && tls.server) {
      tls.client = tls.server = false;
      act('client', client.tlsEstablished());
      act('server', server.tlsEstablished());
    } else return done;
  }
}

const combinations: { options: RfbClientHandshakeOptions; security: RfbServerSecurity; ends: string }[] = [
  { options: { tls: 'never' }, security: { kind: 'none' }, ends: 'none' },
  { options: { tls: 'allow' }, security: { kind: 'none' }, ends: 'none' },
  { options: { tls: 'allow', password: 'hunter22' }, security: { kind: 'none' }, ends: 'none' },
  {
    options: { tls: 'never', password: 'hunter22' },
    security: { kind: 'vnc', password: 'hunter22' },
    ends: 'vnc',
  },
  {
    options: { tls: 'allow', password: 'hunter22' },
    security: { kind: 'vnc', password: 'hunter22' },
    ends: 'vnc',
  },
  { options: { tls: 'allow' }, security: { kind: 'vencrypt-x509none' }, ends: 'x509none' },
  { options: { tls: 'require' }, security: { kind: 'vencrypt-x509none' }, ends: 'x509none' },
  {
    options: { tls: 'require', password: 'hunter22' },
    security: { kind: 'vencrypt-x509none' },
    ends: 'x509none',
  },
  {
    options: { tls: 'require', password: 'pässwort' },
    security: { kind: 'vencrypt-x509vnc', password: 'pässwort' },
    ends: 'x509vnc',
  },
];

const refusals: { options: RfbClientHandshakeOptions; security: RfbServerSecurity; code: string }[] = [
  { options: { tls: 'require' }, security: { kind: 'none' }, code: 'no-common-security' },
  {
    options: { tls: 'require', password: 'hunter22' },
    security: { kind: 'vnc', password: 'hunter22' },
    code: 'no-common-security',
  },
  { options: { tls: 'never' }, security: { kind: 'vencrypt-x509none' }, code: 'no-common-security' },
  { options: { tls: 'allow' }, security: { kind: 'vnc', password: 'hunter22' }, code: 'password-required' },
  {
    options: { tls: 'allow' },
    security: { kind: 'vencrypt-x509vnc', password: 'hunter22' },
    code: 'password-required',
  },
  {
    options: { tls: 'never', password: 'swordfsh' },
    security: { kind: 'vnc', password: 'hunter22' },
    code: 'authentication-failed',
  },
  {
    options: { tls: 'require', password: 'swordfsh' },
    security: { kind: 'vencrypt-x509vnc', password: 'hunter22' },
    code: 'authentication-failed',
  },
];

describe('both sides of the handshake', () => {
  it.each(combinations)('$options.tls $options.password with $security.kind ends as $ends', (combination) => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 8 }),
        fc.array(fc.integer({ min: 0, max: 255 }), { maxLength: 20 }),
        (sizes, tail) => {
          const done = converse(combination.options, combination.security, sizes, tail);
          expect(done.client?.security).toBe(combination.ends);
          expect(done.server?.security).toBe(combination.ends);
          expect([...(done.client?.rest ?? [])]).toEqual([]);
          expect([...(done.server?.rest ?? [])]).toEqual(tail);
        },
      ),
      { numRuns: 40 },
    );
  });

  it.each(refusals)('$options.tls $options.password with $security.kind fails: $code', (refusal) => {
    for (const size of [1, 3, 1000]) {
      const attempt = () => converse(refusal.options, refusal.security, [size], []);
      expect(attempt).toThrow(expect.objectContaining({ name: 'RfbError', code: refusal.code }));
    }
  });

  it('never lets a password or a response into an error', () => {
    for (const refusal of refusals) {
      try {
        converse(refusal.options, refusal.security, [5], []);
      } catch (error) {
        expect(error).toBeInstanceOf(RfbError);
        expect(`${error}`).not.toMatch(/hunter22|swordfsh/);
      }
    }
  });
});
