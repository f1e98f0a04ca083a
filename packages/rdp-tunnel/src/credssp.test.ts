import { randomBytes } from 'node:crypto';
import { NtlmError } from '@remote-consoles/ntlm';
import { NtlmAcceptor } from '@remote-consoles/ntlm/acceptor';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CredSspAcceptor, type CredSspAcceptorOptions, type CredSspAcceptorStep } from './acceptor.js';
import { type CredSspAccount, CredSspClient, type CredSspStep } from './credssp.js';
import { RdpTunnelError } from './errors.js';
import { hashedBinding, plainBinding } from './public-key-binding.js';
import { encodeTsRequest, parseTsRequest } from './ts-request.js';

const random = (length: number): Uint8Array => Uint8Array.from(randomBytes(length));
const now = (): number => 1_700_000_000_000;
const code = (wanted: string) => expect.objectContaining({ name: 'RdpTunnelError', code: wanted });
const key = Uint8Array.from({ length: 270 }, (_, i) => (i * 7 + 0xff) & 0xff);
const credentials = { user: 'hvadmin', domain: '', password: 'hvpass' };

const newClient = (account: Partial<CredSspAccount> = {}, seenKey = key): CredSspClient =>
  new CredSspClient({ credentials, targetName: 'TERMSRV/hv1', random, now, ...account }, seenKey);

const newAcceptor = (options: Partial<CredSspAcceptorOptions> = {}): CredSspAcceptor =>
  new CredSspAcceptor({
    computerName: 'HV1',
    domainName: 'LAB',
    passwordOf: (user) => (user === 'hvadmin' ? 'hvpass' : undefined),
    subjectPublicKey: key,
    random,
    now,
    ...options,
  });

/** Lets the two talk, in pieces of `size` bytes, until the client is done or nobody has anything to say. */
function talk(client: CredSspClient, acceptor: CredSspAcceptor, size = 65_536) {
  const clientSteps: CredSspStep[] = [{ kind: 'send', bytes: client.start() }];
  const acceptorSteps: CredSspAcceptorStep[] = [];
  const log = { sent: [] as Uint8Array[], received: [] as Uint8Array[] };
  const pieces = function* (bytes: Uint8Array): Generator<Uint8Array> {
    for (let at = 0; at < bytes.length; at += size) yield bytes.slice(at, at + size);
  };
  for (let next = clientSteps.shift(); next; next = clientSteps.shift()) {
    if (next.kind === 'done') break;
    log.sent.push(next.bytes);
    for (const piece of pieces(next.bytes)) {
      for (const step of acceptor.receive(piece)) {
        acceptorSteps.push(step);
        if (step.kind === 'done') continue;
        log.received.push(step.bytes);
        for (const back of pieces(step.bytes)) clientSteps.push(...client.receive(back));
      }
    }
  }
  return { ...log, accepted: acceptorSteps.find((step) => step.kind === 'done'), steps: acceptorSteps };
}

describe('CredSSP', () => {
  it.each([6, 5])('logs in to a server of version %d', (version) => {
    const { accepted } = talk(
      newClient({ credentials: { ...credentials, domain: 'D' } }),
      newAcceptor({ version }),
    );
    expect(accepted).toMatchObject({
      credentials: { ...credentials, domain: 'D' },
      targetName: 'TERMSRV/hv1',
    });
  });

  it.each([2, 3, 4])('logs in to a server of version %d only when it is told to', (version) => {
    expect(() => talk(newClient(), newAcceptor({ version }))).toThrow(code('credssp-version'));
    expect(talk(newClient({ minimumVersion: 2 }), newAcceptor({ version })).accepted).toMatchObject({
      credentials,
    });
  });

  it('takes messages cut at any place', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 80 }), (size) => {
        expect(talk(newClient(), newAcceptor(), size).accepted).toMatchObject({ credentials });
      }),
      { numRuns: 20 },
    );
  });

  it('says version 6, sends a new nonce each time, and never the password in the clear', () => {
    const [one, two] = [talk(newClient(), newAcceptor()), talk(newClient(), newAcceptor())];
    const nonces = [one, two].map(({ sent }) => parseTsRequest(sent[1] ?? new Uint8Array(0)).clientNonce);
    expect(nonces[0]).toHaveLength(32);
    expect(nonces[0]).not.toEqual(nonces[1]);
    for (const message of one.sent) {
      expect(parseTsRequest(message).version).toBe(6);
      expect(Buffer.from(message).includes(Buffer.from('hvpass', 'utf16le'))).toBe(false);
    }
  });

  it.each([
    ['a wrong password', { ...credentials, password: 'not-that-one' }],
    ['an unknown account', { ...credentials, user: 'nobody' }],
  ])('is refused for %s as Windows does it, with a status', (_name, wrong) => {
    try {
      talk(newClient({ credentials: wrong }), newAcceptor());
      expect.unreachable();
    } catch (error) {
      expect(error).toMatchObject({ code: 'credssp-refused', ntStatus: 0xc000006d });
      expect((error as Error).message).toContain('wrong password (0xC000006D)');
      expect(String((error as Error).stack)).not.toContain(wrong.password);
    }
  });

  describe('with somebody in the middle, who has a TLS key of their own', () => {
    const other = key.map((byte) => byte ^ 1);

    it('is refused by the server, before the password is sent', () => {
      expect(() => talk(newClient({}, other), newAcceptor())).toThrow(
        expect.objectContaining({ code: 'credssp-refused', ntStatus: 0x8009030f }),
      );
    });

    /** A server that knows the password, believes the client, and proves the key that it is told to. */
    function prove(version: number, seenKey: Uint8Array): () => readonly CredSspStep[] {
      const client = newClient({ minimumVersion: 2 });
      const ntlm = new NtlmAcceptor({
        computerName: 'HV1',
        domainName: 'LAB',
        passwordOf: () => 'hvpass',
        random,
        now,
      });
      const token = (message: Uint8Array): Uint8Array =>
        parseTsRequest(message).negoToken ?? new Uint8Array(0);
      const [step] = client.receive(
        encodeTsRequest({ version, negoToken: ntlm.challenge(token(client.start())) }),
      );
      const proof = step?.kind === 'send' ? step.bytes : new Uint8Array(0);
      const nonce = parseTsRequest(proof).clientNonce;
      const { session } = ntlm.accept(token(proof));
      session.unseal(parseTsRequest(proof).pubKeyAuth ?? new Uint8Array(0));
      const { fromServer } = nonce ? hashedBinding(seenKey, nonce) : plainBinding(seenKey);
      const answer = encodeTsRequest({ version, pubKeyAuth: session.seal(fromServer) });
      return () => client.receive(answer);
    }

    it.each([6, 5, 4, 2])(
      'is refused by the client when the server proves another key: version %d',
      (version) => {
        expect(prove(version, key)().map(({ kind }) => kind)).toEqual(['send', 'done']);
        expect(prove(version, other)).toThrow(code('public-key-mismatch'));
      },
    );

    it('is refused when the client’s own proof is sent back to it', () => {
      const client = newClient();
      const acceptor = newAcceptor();
      const [challenge] = acceptor.receive(client.start());
      if (challenge?.kind !== 'send') return expect.unreachable();
      const [proof] = client.receive(challenge.bytes);
      if (proof?.kind !== 'send') return expect.unreachable();
      const { pubKeyAuth } = parseTsRequest(proof.bytes);
      expect(() => client.receive(encodeTsRequest({ version: 6, pubKeyAuth }))).toThrow(
        code('public-key-mismatch'),
      );
    });
  });

  describe('ends on a server that', () => {
    const challenged = (): { client: CredSspClient; acceptor: CredSspAcceptor; challenge: Uint8Array } => {
      const [client, acceptor] = [newClient(), newAcceptor()];
      const [step] = acceptor.receive(client.start());
      return { client, acceptor, challenge: step?.kind === 'send' ? step.bytes : new Uint8Array(0) };
    };

    it('sends no challenge', () => {
      expect(() => challenged().client.receive(encodeTsRequest({ version: 6 }))).toThrow(code('malformed'));
    });

    it('skips its proof of the key', () => {
      const { client, challenge } = challenged();
      client.receive(challenge);
      expect(() => client.receive(encodeTsRequest({ version: 6 }))).toThrow(code('malformed'));
    });

    it('changes its version on the way', () => {
      const { client, acceptor, challenge } = challenged();
      const [proof] = client.receive(challenge);
      const [answer] = acceptor.receive(proof?.kind === 'send' ? proof.bytes : new Uint8Array(0));
      if (answer?.kind !== 'send') return expect.unreachable();
      const changed = encodeTsRequest({ ...parseTsRequest(answer.bytes), version: 5 });
      expect(() => client.receive(changed)).toThrow(code('malformed'));
    });

    it('offers less than NTLMv2 with sealing', () => {
      const { client, challenge } = challenged();
      const request = parseTsRequest(challenge);
      const negoToken = request.negoToken?.slice();
      if (!negoToken) return expect.unreachable();
      negoToken[20] = (negoToken[20] ?? 0) & ~0x20;
      expect(() => client.receive(encodeTsRequest({ version: 6, negoToken }))).toThrow(
        code('credssp-refused'),
      );
    });

    it('sends too long a message, by its head', () => {
      expect(() => challenged().client.receive(Uint8Array.of(0x30, 0x84, 0x7f, 0xff, 0xff, 0xff))).toThrow(
        code('too-long'),
      );
    });

    it('sends two messages where one was due', () => {
      const { client, challenge } = challenged();
      expect(() => client.receive(Uint8Array.of(...challenge, ...challenge))).toThrow(RdpTunnelError);
    });

    it('refuses without a reason that is known', () => {
      const refused = encodeTsRequest({ version: 3, errorCode: 0x80090326 });
      expect(() => challenged().client.receive(refused)).toThrow(/0x80090326/);
    });
  });

  it('gives on what came behind the server’s last message', () => {
    const [client, acceptor] = [newClient(), newAcceptor()];
    const first = acceptor.receive(client.start())[0];
    const proof = client.receive(first?.kind === 'send' ? first.bytes : new Uint8Array(0))[0];
    const answer = acceptor.receive(proof?.kind === 'send' ? proof.bytes : new Uint8Array(0))[0];
    const bytes = answer?.kind === 'send' ? answer.bytes : new Uint8Array(0);
    const steps = client.receive(Uint8Array.of(...bytes, 3, 0, 0));
    expect(steps.map(({ kind }) => kind)).toEqual(['send', 'done']);
    expect(steps[1]).toEqual({ kind: 'done', rest: Uint8Array.of(3, 0, 0) });
    expect(() => client.receive(Uint8Array.of(3))).toThrow(code('wrong-state'));
  });

  it('cannot be begun twice, or without a key to be bound to', () => {
    const client = newClient();
    expect(() => client.receive(Uint8Array.of(0x30))).toThrow(code('wrong-state'));
    const other = newClient();
    other.start();
    expect(() => other.start()).toThrow(code('wrong-state'));
    expect(() => newClient({}, new Uint8Array(0))).toThrow(code('invalid-argument'));
  });

  it('stands a hostile server, and its acceptor a hostile client', () => {
    const honest = talk(newClient(), newAcceptor());
    const change = fc.tuple(fc.nat(1), fc.nat(), fc.nat(255));
    fc.assert(
      fc.property(change, ([turn, at, value]) => {
        const client = newClient();
        const acceptor = newAcceptor();
        const changed = (bytes: Uint8Array): Uint8Array =>
          bytes.map((byte, i) => (i === at % bytes.length ? value : byte));
        try {
          client.start();
          for (const message of honest.received.slice(0, turn)) client.receive(message);
          client.receive(changed(honest.received[turn] ?? new Uint8Array(1)));
        } catch (error) {
          expect(error).toBeInstanceOf(RdpTunnelError);
        }
        try {
          for (const message of honest.sent.slice(0, turn)) acceptor.receive(message);
          acceptor.receive(changed(honest.sent[turn] ?? new Uint8Array(1)));
        } catch (error) {
          expect(error instanceof RdpTunnelError || error instanceof NtlmError).toBe(true);
        }
      }),
      { numRuns: 400 },
    );
  });
});
