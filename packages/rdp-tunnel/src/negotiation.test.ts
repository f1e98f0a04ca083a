import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readsOrRefuses } from '../test/reads-or-refuses.js';
import { CredSspAcceptor } from './acceptor.js';
import type { CredSspAccount } from './credssp.js';
import { FrameBuffer } from './frame-buffer.js';
import { RdpNegotiation, type RdpNegotiationOptions, type RdpNegotiationStep } from './negotiation.js';
import { parsePreconnectionBlob, preconnectionBlobLength } from './preconnection-blob.js';
import { tsRequestLength } from './ts-request.js';
import {
  type ConnectionConfirm,
  connectionPduLength,
  encodeConnectionConfirm,
  parseConnectionConfirm,
  parseConnectionRequest,
} from './x224.js';

const random = (length: number): Uint8Array => Uint8Array.from(randomBytes(length));
const now = (): number => 0;
const code = (wanted: string) => expect.objectContaining({ name: 'RdpTunnelError', code: wanted });
const key = Uint8Array.from({ length: 270 }, (_, i) => i & 0xff);
const credentials = { user: 'hvadmin', domain: 'HV1', password: 'hvpass' };
const account: CredSspAccount = { credentials, targetName: 'TERMSRV/hv1', random, now };
const vmId = 'b4d2a7a0-1f3c-4e5d-8a9b-0c1d2e3f4a5b';

const modes: Readonly<Record<RdpNegotiationOptions['mode'], RdpNegotiationOptions>> = {
  tls: { mode: 'tls' },
  nla: { mode: 'nla', account },
  vmconnect: { mode: 'vmconnect', account, preconnectionText: vmId },
};

/** A server that does what the mode wants, and writes down in which order it was asked. */
class Server {
  readonly order: string[] = [];
  readonly #inbox = new FrameBuffer();
  readonly #credssp = new CredSspAcceptor({
    computerName: 'HV1',
    domainName: 'LAB',
    passwordOf: () => 'hvpass',
    subjectPublicKey: key,
    random,
    now,
  });
  readonly #confirm: ConnectionConfirm;
  readonly #vmconnect: boolean;
  #tls = false;
  #loggedIn = false;

  constructor(mode: RdpNegotiationOptions['mode'], confirm?: ConnectionConfirm) {
    this.#vmconnect = mode === 'vmconnect';
    this.#confirm = confirm ?? { kind: 'selected', protocol: mode === 'tls' ? 1 : 2, flags: 0x0b };
  }

  startTls(): void {
    this.order.push('tls');
    this.#tls = true;
  }

  receive(bytes: Uint8Array): Uint8Array {
    this.#inbox.push(bytes);
    if (this.#tls && !this.#loggedIn) return this.#logIn();
    if (this.#vmconnect && !this.#tls) {
      const blob = this.#inbox.take(preconnectionBlobLength);
      if (blob) this.order.push(`pcb ${JSON.stringify(parsePreconnectionBlob(blob))}`);
      return new Uint8Array(0);
    }
    const request = this.#inbox.take(connectionPduLength);
    if (!request) return new Uint8Array(0);
    this.order.push(`x224 asks ${parseConnectionRequest(request).requestedProtocols}`);
    return encodeConnectionConfirm(this.#confirm);
  }

  #logIn(): Uint8Array {
    const frame = this.#inbox.take(tsRequestLength);
    if (!frame) return new Uint8Array(0);
    const [step] = this.#credssp.receive(frame);
    if (step?.kind !== 'done') return step?.bytes ?? new Uint8Array(0);
    this.#loggedIn = true;
    this.order.push(`credssp ${step.credentials.user}`);
    return this.receive(step.rest);
  }
}

type Done = Extract<RdpNegotiationStep, { kind: 'done' }>;

/** Plays the negotiation against the server, what comes back cut into pieces of `size` bytes. */
function play(negotiation: RdpNegotiation, server: Server, size = 65_536): Done | undefined {
  const steps = [...negotiation.start()];
  let done: Done | undefined;
  for (let step = steps.shift(); step; step = steps.shift()) {
    if (step.kind === 'done') done = step;
    else if (step.kind === 'start-tls') {
      server.startTls();
      steps.push(...negotiation.tlsEstablished({ subjectPublicKey: key }));
    } else {
      const answer = server.receive(step.bytes);
      for (let at = 0; at < answer.length; at += size)
        steps.push(...negotiation.receive(answer.slice(at, at + size)));
    }
  }
  return done;
}

describe.each([1, 2, 7, 65_536])('the negotiation, answers cut into pieces of %d bytes', (size) => {
  it.each<[RdpNegotiationOptions['mode'], readonly string[], number]>([
    ['tls', ['x224 asks 1', 'tls'], 1],
    ['nla', ['x224 asks 2', 'tls', 'credssp hvadmin'], 2],
    ['vmconnect', [`pcb {"version":2,"id":0,"text":"${vmId}"}`, 'tls', 'credssp hvadmin', 'x224 asks 2'], 2],
  ])('in mode %s goes in the order that its server wants', (mode, order, selectedProtocol) => {
    const server = new Server(mode);
    const done = play(new RdpNegotiation(modes[mode]), server, size);
    expect(server.order).toEqual(order);
    expect(done).toMatchObject({ selectedProtocol, rest: new Uint8Array(0) });
    // The viewer's side has no part in TLS and CredSSP, but learns the server's flags.
    expect(parseConnectionConfirm(done?.x224Confirm ?? new Uint8Array(0))).toEqual({
      kind: 'selected',
      protocol: 1,
      flags: 0x0b,
    });
  });
});

describe('the negotiation', () => {
  it('passes on what came behind the last message', () => {
    const negotiation = new RdpNegotiation(modes.vmconnect);
    const server = new Server('vmconnect');
    const steps = [...negotiation.start()];
    let done: Done | undefined;
    for (let step = steps.shift(); step; step = steps.shift()) {
      if (step.kind === 'done') done = step;
      if (step.kind === 'start-tls') {
        server.startTls();
        steps.push(...negotiation.tlsEstablished({ subjectPublicKey: key }));
      }
      if (step.kind !== 'send') continue;
      const answer = server.receive(step.bytes);
      const last = answer[0] === 3 ? [9, 8, 7] : [];
      if (answer.length > 0) steps.push(...negotiation.receive(Uint8Array.of(...answer, ...last)));
    }
    expect(done?.rest).toEqual(Uint8Array.of(9, 8, 7));
  });

  it.each(['tls', 'nla'] as const)('in mode %s takes no plain byte into the TLS channel', (mode) => {
    const confirm = encodeConnectionConfirm({ kind: 'selected', protocol: mode === 'tls' ? 1 : 2, flags: 0 });
    const together = new RdpNegotiation(modes[mode]);
    together.start();
    expect(() => together.receive(Uint8Array.of(...confirm, 3))).toThrow(code('malformed'));
    const apart = new RdpNegotiation(modes[mode]);
    apart.start();
    expect(apart.receive(confirm)).toEqual([{ kind: 'start-tls' }]);
    expect(() => apart.receive(Uint8Array.of(3))).toThrow(code('malformed'));
    expect(() => apart.tlsEstablished({ subjectPublicKey: key })).toThrow(code('wrong-state'));
  });

  it('in mode vmconnect takes no byte before TLS', () => {
    const negotiation = new RdpNegotiation(modes.vmconnect);
    negotiation.start();
    expect(() => negotiation.receive(Uint8Array.of(3))).toThrow(code('malformed'));
  });

  it.each<[RdpNegotiationOptions['mode'], ConnectionConfirm, RegExp]>([
    ['tls', { kind: 'failed', failure: 5 }, /network level authentication/],
    ['tls', { kind: 'unnegotiated' }, /no TLS/],
    ['tls', { kind: 'selected', protocol: 0, flags: 0 }, /selected protocol 0/],
    ['nla', { kind: 'selected', protocol: 1, flags: 0 }, /selected protocol 1/],
    ['nla', { kind: 'selected', protocol: 8, flags: 0 }, /selected protocol 8/],
    ['nla', { kind: 'failed', failure: 99 }, /failure code 99/],
    ['vmconnect', { kind: 'selected', protocol: 1, flags: 0 }, /selected protocol 1/],
  ])('in mode %s does not put up with %j', (mode, confirm, reason) => {
    const negotiation = new RdpNegotiation(modes[mode]);
    try {
      play(negotiation, new Server(mode, confirm));
      expect.unreachable();
    } catch (error) {
      expect(error).toMatchObject({
        code: 'negotiation-failed',
        x224Confirm: encodeConnectionConfirm(confirm),
      });
      expect((error as Error).message).toMatch(reason);
    }
    expect(() => negotiation.receive(new Uint8Array(1))).toThrow(code('wrong-state'));
  });

  it('knows what a hang-up means by when it comes', () => {
    const begun = (mode: RdpNegotiationOptions['mode']): RdpNegotiation => {
      const negotiation = new RdpNegotiation(modes[mode]);
      negotiation.start();
      return negotiation;
    };
    expect(begun('vmconnect').connectionClosed()).toMatchObject({ code: 'pcb' });
    expect(begun('nla').connectionClosed()).toMatchObject({ code: 'negotiation-failed' });
    const tls = begun('tls');
    tls.receive(encodeConnectionConfirm({ kind: 'selected', protocol: 1, flags: 0 }));
    expect(tls.connectionClosed()).toMatchObject({ code: 'tls' });
    const credssp = begun('vmconnect');
    const server = new Server('vmconnect');
    server.startTls();
    const [first] = credssp.tlsEstablished({ subjectPublicKey: key });
    expect(first?.kind).toBe('send');
    const proven = credssp.receive(server.receive(first?.kind === 'send' ? first.bytes : new Uint8Array(0)));
    expect(proven).toHaveLength(1);
    const refused = credssp.connectionClosed();
    expect(refused).toMatchObject({ code: 'credssp-refused' });
    expect(refused.message).toMatch(/wrong account or password/);
    const early = begun('vmconnect');
    early.tlsEstablished({ subjectPublicKey: key });
    expect(early.connectionClosed().message).toMatch(/NTLM/);
    expect(early.connectionClosed()).toMatchObject({ code: 'wrong-state' });
  });

  it('refuses calls out of order, and is over after its last step', () => {
    const negotiation = new RdpNegotiation(modes.tls);
    expect(() => negotiation.tlsEstablished({ subjectPublicKey: key })).toThrow(code('wrong-state'));
    const whole = new RdpNegotiation(modes.tls);
    play(whole, new Server('tls'));
    expect(() => whole.start()).toThrow(code('wrong-state'));
    expect(() => whole.receive(Uint8Array.of(1))).toThrow(code('wrong-state'));
    expect(() => whole.tlsEstablished({ subjectPublicKey: key })).toThrow(code('wrong-state'));
    expect(() =>
      new RdpNegotiation({ ...modes.vmconnect, preconnectionText: '\0' } as RdpNegotiationOptions).start(),
    ).toThrow(code('invalid-argument'));
  });

  it('stands a hostile server at every step', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('tls', 'nla', 'vmconnect'),
        fc.nat(1),
        fc.uint8Array({ maxLength: 60 }),
        (mode, turn, bytes) => {
          readsOrRefuses(() => {
            const negotiation = new RdpNegotiation(modes[mode]);
            negotiation.start();
            if (turn === 0) negotiation.receive(bytes);
            if (mode !== 'vmconnect')
              negotiation.receive(
                encodeConnectionConfirm({ kind: 'selected', protocol: mode === 'tls' ? 1 : 2, flags: 0 }),
              );
            negotiation.tlsEstablished({ subjectPublicKey: key });
            negotiation.receive(bytes);
          }, bytes);
        },
      ),
      { numRuns: 300 },
    );
  });
});
