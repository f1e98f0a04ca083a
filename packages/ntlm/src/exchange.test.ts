import { createHash, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NtlmAcceptor, type NtlmAcceptorOptions } from './acceptor.js';
import { parseAuthenticate } from './authenticate-message.js';
import { encodeChallenge, parseChallenge } from './challenge-message.js';
import { NtlmClient, type NtlmClientOptions } from './client.js';
import { requiredFlags } from './negotiate-flags.js';
import { AvId, avValue, encodeTargetInfo, parseTargetInfo } from './target-info.js';

const random = (length: number): Uint8Array => Uint8Array.from(randomBytes(length));
const now = (): number => 1_700_000_000_000;
const code = (wanted: string) => expect.objectContaining({ name: 'NtlmError', code: wanted });

function ends(
  client: Partial<NtlmClientOptions> = {},
  acceptor: Partial<NtlmAcceptorOptions> = {},
): { client: NtlmClient; acceptor: NtlmAcceptor } {
  return {
    client: new NtlmClient({
      credentials: { user: 'hvadmin', domain: 'HOST', password: 'hvpass' },
      random,
      now,
      ...client,
    }),
    acceptor: new NtlmAcceptor({
      computerName: 'HV1',
      domainName: 'LAB',
      passwordOf: (user) => (user.toLowerCase() === 'hvadmin' ? 'hvpass' : undefined),
      random,
      now,
      ...acceptor,
    }),
  };
}

function exchange(both = ends()) {
  const challenge = both.acceptor.challenge(both.client.negotiate());
  const { message, session } = both.client.authenticate(challenge);
  return { client: session, message, ...both.acceptor.accept(message) };
}

describe('an NTLMv2 exchange', () => {
  it('tells the acceptor who came, from where and to what', () => {
    const accepted = exchange(ends({ workstation: 'gateway', targetName: 'TERMSRV/hv1' }));
    expect(accepted).toMatchObject({
      user: 'hvadmin',
      domain: 'HOST',
      workstation: 'gateway',
      targetName: 'TERMSRV/hv1',
    });
  });

  it('carries sealed and signed messages both ways, in order', () => {
    const message = fc.uint8Array({ maxLength: 200 });
    fc.assert(
      fc.property(fc.array(fc.tuple(message, fc.boolean(), fc.boolean()), { maxLength: 20 }), (messages) => {
        const { client, session: server } = exchange();
        for (const [text, fromClient, sealed] of messages) {
          const [from, to] = fromClient ? [client, server] : [server, client];
          if (sealed) expect(to.unseal(from.seal(text))).toEqual(text);
          else to.verify(text, from.sign(text));
        }
      }),
      { numRuns: 30 },
    );
  });

  it('counts its messages in their signatures, each direction for itself', () => {
    const { client, session: server } = exchange();
    const count = (signature: Uint8Array): number => new DataView(signature.buffer).getUint32(12, true);
    const text = Uint8Array.of(1);
    expect([client.sign(text), client.seal(text), client.sign(text)].map(count)).toEqual([0, 1, 2]);
    expect(count(server.sign(text))).toBe(0);
  });

  it('notices any changed byte of a sealed message, and is over then', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 1, maxLength: 40 }),
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        (text, at, by) => {
          const { client, session: server } = exchange();
          const sealed = client.seal(text);
          const spot = at % sealed.length;
          sealed[spot] = (sealed[spot] ?? 0) ^ by;
          expect(() => server.unseal(sealed)).toThrow(code('bad-signature'));
          expect(() => server.unseal(client.seal(text))).toThrow(code('wrong-state'));
        },
      ),
    );
  });

  it('notices a repeated, a lost and a cut message', () => {
    const text = Uint8Array.of(1, 2, 3);
    const repeated = exchange();
    const first = repeated.client.seal(text);
    repeated.session.unseal(first);
    expect(() => repeated.session.unseal(first)).toThrow(code('bad-signature'));
    const lost = exchange();
    lost.client.seal(text);
    expect(() => lost.session.unseal(lost.client.seal(text))).toThrow(code('bad-signature'));
    for (const length of [0, 15, 16]) {
      const cut = exchange();
      expect(() => cut.session.unseal(cut.client.seal(text).subarray(0, length))).toThrow(
        code('bad-signature'),
      );
    }
  });

  it('takes no message back that it sent itself', () => {
    const { client } = exchange();
    expect(() => client.unseal(client.seal(Uint8Array.of(1)))).toThrow(code('bad-signature'));
  });

  it('is of no use once wiped', () => {
    const { client } = exchange();
    client.wipe();
    for (const use of [
      () => client.seal(Uint8Array.of(1)),
      () => client.unseal(new Uint8Array(20)),
      () => client.sign(Uint8Array.of(1)),
      () => client.verify(Uint8Array.of(1), new Uint8Array(16)),
    ]) {
      expect(use).toThrow(code('wrong-state'));
    }
  });

  it('agrees on accounts whose names and passwords are of any script', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 40 }),
        fc.string({ unit: 'binary', maxLength: 40 }),
        (user, password) => {
          const credentials = { user, domain: '', password };
          const both = ends(
            { credentials },
            { passwordOf: (name) => (name === user ? password : undefined) },
          );
          expect(exchange(both).user).toBe(user);
        },
      ),
    );
  });
});

describe('the acceptor refuses', () => {
  it.each([
    ['a wrong password', { user: 'hvadmin', domain: 'HOST', password: 'hvpasS' }],
    ['an unknown account', { user: 'nobody', domain: 'HOST', password: 'hvpass' }],
    ['an unknown account with an empty password', { user: 'nobody', domain: 'HOST', password: '' }],
  ])('%s', (_name, credentials) => {
    expect(() => exchange(ends({ credentials }))).toThrow(code('logon-failure'));
  });

  it('a changed byte anywhere in the exchange', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('negotiate', 'challenge', 'authenticate'),
        fc.nat(),
        fc.integer({ min: 0, max: 7 }),
        (which, at, bit) => {
          const { client, acceptor } = ends();
          const change = (name: string, message: Uint8Array): Uint8Array => {
            const changed = message.slice();
            const spot = at % changed.length;
            if (name === which) changed[spot] = (changed[spot] ?? 0) ^ (1 << bit);
            return changed;
          };
          expect(() => {
            const challenge = acceptor.challenge(change('negotiate', client.negotiate()));
            const { message } = client.authenticate(change('challenge', challenge));
            acceptor.accept(change('authenticate', message));
          }).toThrow(expect.objectContaining({ name: 'NtlmError' }));
        },
      ),
      { numRuns: 500 },
    );
  });

  it('a client that is bound to another TLS channel, or to none', () => {
    const bound = Uint8Array.from(createHash('md5').update('a').digest());
    const other = Uint8Array.from(createHash('md5').update('b').digest());
    expect(exchange(ends({ channelBindings: bound }, { channelBindings: bound })).user).toBe('hvadmin');
    const refused = code('channel-binding-mismatch');
    expect(() => exchange(ends({ channelBindings: other }, { channelBindings: bound }))).toThrow(refused);
    expect(() => exchange(ends({}, { channelBindings: bound }))).toThrow(refused);
  });

  it('an anonymous or an NTLMv1 client', () => {
    for (const length of [0, 24]) {
      const { client, acceptor } = ends();
      const { message } = client.authenticate(acceptor.challenge(client.negotiate()));
      new DataView(message.buffer).setUint16(20, length, true);
      expect(() => acceptor.accept(message)).toThrow(code('weak-security'));
    }
  });

  it('a client that sends no MIC, unless it is told to bear it', () => {
    const withoutMic = (requireMic: boolean) => {
      const { client, acceptor } = ends({}, { requireMic });
      const challenge = acceptor.challenge(client.negotiate());
      // The server's time is the last pair. A client that does not see it sends no MIC.
      challenge.fill(0, challenge.length - 16);
      return acceptor.accept(client.authenticate(challenge).message);
    };
    expect(() => withoutMic(true)).toThrow(code('mic-mismatch'));
    expect(withoutMic(false).user).toBe('hvadmin');
  });

  it('calls out of order', () => {
    const { client, acceptor } = ends();
    expect(() => acceptor.accept(new Uint8Array(64))).toThrow(code('wrong-state'));
    const challenge = acceptor.challenge(client.negotiate());
    expect(() => acceptor.challenge(new Uint8Array(40))).toThrow(code('wrong-state'));
    const { message } = client.authenticate(challenge);
    acceptor.accept(message);
    expect(() => acceptor.accept(message)).toThrow(code('wrong-state'));
  });
});

describe('the client', () => {
  const serverChallenge = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);
  const plain = (flags: number, pairs: Parameters<typeof encodeTargetInfo>[0]): Uint8Array =>
    encodeChallenge({ flags, serverChallenge, targetName: 'HV1', targetInfo: encodeTargetInfo(pairs) });
  const begun = (options: Partial<NtlmClientOptions> = {}): NtlmClient => {
    const { client } = ends(options);
    client.negotiate();
    return client;
  };

  it.each(Array.from({ length: 32 }, (_, bit) => 2 ** bit).filter((flag) => (requiredFlags & flag) !== 0))(
    'will not go below what it asked for: flag %d taken away',
    (flag) => {
      const { client, acceptor } = ends();
      const challenge = acceptor.challenge(client.negotiate());
      const view = new DataView(challenge.buffer);
      view.setUint32(20, view.getUint32(20, true) & ~flag, true);
      expect(() => client.authenticate(challenge)).toThrow(code('weak-security'));
    },
  );

  it('says the flags, the target and the bindings in its AV pairs, beside the server’s own', () => {
    const bound = new Uint8Array(16).fill(7);
    const pairs = [
      { id: AvId.netbiosComputerName, value: Uint8Array.of(72, 0) },
      { id: AvId.timestamp, value: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8) },
    ];
    const { message } = begun({ targetName: 'X', channelBindings: bound }).authenticate(
      plain(0xe2888235, pairs),
    );
    const { ntResponse, lmResponse } = parseAuthenticate(message);
    const sent = parseTargetInfo(ntResponse.subarray(16 + 28));
    expect(sent).toEqual([
      ...pairs,
      { id: AvId.channelBindings, value: bound },
      { id: AvId.flags, value: Uint8Array.of(2, 0, 0, 0) },
      { id: AvId.targetName, value: Uint8Array.of(88, 0) },
    ]);
    expect(ntResponse.subarray(24, 32)).toEqual(Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8));
    expect(lmResponse).toEqual(new Uint8Array(24));
  });

  it('uses its own clock, an LMv2 response and no MIC where the server tells no time', () => {
    const { message } = begun().authenticate(plain(0xe2888235, []));
    const { ntResponse, lmResponse } = parseAuthenticate(message);
    // 1700000000 s after 1970, in 100 ns after 1601.
    expect(new DataView(ntResponse.buffer).getBigUint64(24, true)).toBe(133_444_736_000_000_000n);
    expect(lmResponse.every((byte) => byte === 0)).toBe(false);
    expect(avValue(parseTargetInfo(ntResponse.subarray(44)), AvId.flags)).toEqual(new Uint8Array(4));
  });

  it.each([
    ['timestamp', AvId.timestamp],
    ['flags', AvId.flags],
  ])('refuses a broken %s', (_name, id) => {
    const challenge = plain(0xe2888235, [{ id, value: Uint8Array.of(1, 2, 3) }]);
    expect(() => begun().authenticate(challenge)).toThrow(code('malformed'));
  });

  it('takes one challenge, after it began, once', () => {
    const { client } = ends();
    expect(() => client.authenticate(plain(0, []))).toThrow(code('wrong-state'));
    client.negotiate();
    expect(() => client.negotiate()).toThrow(code('wrong-state'));
    client.authenticate(plain(0xe2888235, []));
    expect(() => client.authenticate(plain(0xe2888235, []))).toThrow(code('wrong-state'));
  });

  it('refuses names that no message can hold, and bindings of a wrong length', () => {
    const credentials = { user: 'u'.repeat(5000), domain: '', password: 'x' };
    expect(() => begun({ credentials }).authenticate(plain(0xe2888235, []))).toThrow(
      code('invalid-argument'),
    );
    expect(() => ends({ channelBindings: new Uint8Array(15) })).toThrow(code('invalid-argument'));
  });

  it('never says the password or a key in an error', () => {
    const credentials = { user: 'hvadmin', domain: '', password: 'correct horse battery' };
    try {
      begun({ credentials }).authenticate(new Uint8Array(3));
      expect.unreachable();
    } catch (error) {
      expect(String((error as Error).stack)).not.toContain('correct horse');
    }
  });

  it('reads the challenge that the acceptor writes', () => {
    const { client, acceptor } = ends();
    const challenge = parseChallenge(acceptor.challenge(client.negotiate()));
    expect(challenge.targetName).toBe('HV1');
    expect(challenge.serverChallenge).toHaveLength(8);
  });
});
