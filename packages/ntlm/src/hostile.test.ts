import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NtlmAcceptor } from './acceptor.js';
import { parseAuthenticate } from './authenticate-message.js';
import { parseChallenge } from './challenge-message.js';
import { tlsServerEndPointBindings } from './channel-bindings.js';
import { NtlmClient } from './client.js';
import { NtlmError } from './errors.js';
import { parseNegotiate } from './negotiate-message.js';
import { parseNtlmV2Response } from './ntlmv2-response.js';
import { encodeTargetInfo, parseTargetInfo } from './target-info.js';

const random = (length: number): Uint8Array => Uint8Array.from(randomBytes(length));
const now = (): number => 0;

function messages(): readonly [Uint8Array, Uint8Array, Uint8Array] {
  const client = new NtlmClient({ credentials: { user: 'u', domain: 'd', password: 'p' }, random, now });
  const acceptor = new NtlmAcceptor({
    computerName: 'C',
    domainName: 'D',
    passwordOf: () => 'p',
    random,
    now,
  });
  const negotiate = client.negotiate();
  const challenge = acceptor.challenge(negotiate);
  return [negotiate, challenge, client.authenticate(challenge).message];
}

/** Reading either works or ends in one of our errors. */
function readsOrRefuses(read: (bytes: Uint8Array) => unknown, bytes: Uint8Array): void {
  try {
    read(bytes);
  } catch (error) {
    expect(error).toBeInstanceOf(NtlmError);
  }
}

const [negotiate, challenge, authenticate] = messages();
const parsers: ReadonlyArray<readonly [string, (bytes: Uint8Array) => unknown, Uint8Array]> = [
  ['negotiate', parseNegotiate, negotiate],
  ['challenge', parseChallenge, challenge],
  ['authenticate', parseAuthenticate, authenticate],
  ['NTLMv2 response', parseNtlmV2Response, parseAuthenticate(authenticate).ntResponse],
  ['target info', parseTargetInfo, parseChallenge(challenge).targetInfo],
  ['certificate', tlsServerEndPointBindings, Uint8Array.of(0x30, 4, 0x30, 0, 0x30, 0)],
];

describe.each(parsers)('the %s parser', (name, parse, honest) => {
  it('stands any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => readsOrRefuses(parse, bytes)),
      { numRuns: 300 },
    );
  });

  it('stands an honest message with bytes changed', () => {
    const changes = fc.array(fc.tuple(fc.nat(honest.length - 1), fc.nat(255)), {
      minLength: 1,
      maxLength: 6,
    });
    fc.assert(
      fc.property(changes, (spots) => {
        const bytes = honest.slice();
        for (const [at, value] of spots) bytes[at] = value;
        readsOrRefuses(parse, bytes);
      }),
      { numRuns: 500 },
    );
  });

  it('stands an honest message cut at every byte', () => {
    for (let length = 0; length < honest.length; length++) readsOrRefuses(parse, honest.subarray(0, length));
  });

  it('reads a message that lies inside of a larger buffer', () => {
    const around = new Uint8Array(honest.length + 20).fill(0xee);
    around.set(honest, 10);
    const inside = around.subarray(10, 10 + honest.length);
    if (name !== 'certificate') expect(parse(inside)).toEqual(parse(honest));
  });
});

describe('lengths that lie', () => {
  it.each([
    [20, 0xffff, 0],
    [20, 1, 0xffff_ffff],
    [28, 0xffff, 0xffff_ffff],
    [36, 2, authenticate.length - 1],
    [52, 0x8000, 0x7fff_ffff],
  ])('of the field at %d: %d bytes at %d', (at, length, offset) => {
    const bytes = authenticate.slice();
    const view = new DataView(bytes.buffer);
    view.setUint16(at, length, true);
    view.setUint32(at + 4, offset, true);
    expect(() => parseAuthenticate(bytes)).toThrow(expect.objectContaining({ code: 'malformed' }));
  });

  it('of a whole message', () => {
    const bytes = new Uint8Array(8193);
    bytes.set(challenge);
    expect(() => parseChallenge(bytes)).toThrow(expect.objectContaining({ code: 'too-long' }));
  });

  it('of AV pairs: past the end, twice, without end, too many', () => {
    const end = Uint8Array.of(0, 0, 0, 0);
    const pair = Uint8Array.of(1, 0, 1, 0, 9);
    const many = encodeTargetInfo(
      Array.from({ length: 40 }, (_, i) => ({ id: i + 1, value: new Uint8Array(0) })),
    );
    for (const bytes of [Uint8Array.of(1, 0, 5, 0, 9), Uint8Array.of(...pair, ...pair, ...end), pair, many]) {
      expect(() => parseTargetInfo(bytes)).toThrow(expect.objectContaining({ code: 'malformed' }));
    }
    expect(parseTargetInfo(Uint8Array.of(...pair, ...end, 1, 2, 3))).toEqual([
      { id: 1, value: Uint8Array.of(9) },
    ]);
  });
});
