import { describe, expect, it } from 'vitest';
import { encodeAuthenticate, parseAuthenticate } from './authenticate-message.js';
import { encodeChallenge, parseChallenge } from './challenge-message.js';
import { hmacMd5 } from './hmac-md5.js';
import { md4 } from './md4.js';
import { ntHash, ntowfV2 } from './nt-hash.js';
import { computeNtlmV2, parseNtlmV2Response } from './ntlmv2-response.js';
import { Rc4 } from './rc4.js';
import { NtlmSession } from './session.js';
import { AvId, encodeTargetInfo, parseTargetInfo } from './target-info.js';
import { encodeUtf16le } from './utf16le.js';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const bytes = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text.replaceAll(' ', ''), 'hex'));
const ascii = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('MD4 (RFC 1320 §A.5)', () => {
  it.each([
    ['', '31d6cfe0d16ae931b73c59d7e0c089c0'],
    ['a', 'bde52cb31de33e46245e05fbdbd6fb24'],
    ['abc', 'a448017aaf21d8525fc10ae87aa6729d'],
    ['message digest', 'd9130a8164549fe818874806e1c7014b'],
    ['abcdefghijklmnopqrstuvwxyz', 'd79e1c308aa5bbcdeea8ed63df412da9'],
    ['ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789', '043f8582f241db351ce627e153e7f0e4'],
    [
      '12345678901234567890123456789012345678901234567890123456789012345678901234567890',
      'e33b4ddc9c38f2199c3e7b164fcc0536',
    ],
  ])('of %j', (message, digest) => {
    expect(hex(md4(ascii(message)))).toBe(digest);
  });
});

describe('RC4', () => {
  it('gives the key stream of RFC 6229 for a 128-bit key', () => {
    const stream = new Rc4(bytes('0102030405060708090a0b0c0d0e0f10')).apply(new Uint8Array(32));
    expect(hex(stream)).toBe('9ac7cc9a609d1ef7b2932899cde41b975248c4959014126a6e8a84f11d1a9e1c');
  });

  it('goes on where it stopped', () => {
    const once = new Rc4(ascii('Key')).apply(ascii('Plaintext'));
    const stream = new Rc4(ascii('Key'));
    const twice = [...stream.apply(ascii('Plai')), ...stream.apply(ascii('ntext'))];
    expect(hex(once)).toBe('bbf316e8d940af0ad3');
    expect(twice).toEqual([...once]);
  });

  it.each([0, 257])('refuses a key of %d bytes', (length) => {
    expect(() => new Rc4(new Uint8Array(length))).toThrow(
      expect.objectContaining({ code: 'invalid-argument' }),
    );
  });
});

describe('the NT hash', () => {
  it('of "password" is the one everybody knows', () => {
    expect(hex(ntHash('password'))).toBe('8846f7eaee8fb117ad06bdd830b7586c');
  });

  it('upper-cases the user, and only the user, for NTOWFv2', () => {
    const hash = ntHash('Password');
    expect(hex(ntowfV2(hash, 'uSeR', 'Domain'))).toBe(hex(ntowfV2(hash, 'USER', 'Domain')));
    expect(hex(ntowfV2(hash, 'User', 'DOMAIN'))).not.toBe(hex(ntowfV2(hash, 'User', 'Domain')));
    expect(hex(ntowfV2(hash, 'groß', ''))).toBe(hex(ntowfV2(hash, 'GROß', '')));
  });
});

describe('MS-NLMP §4.2.4', () => {
  const serverChallenge = bytes('0123456789abcdef');
  const clientChallenge = bytes('aaaaaaaaaaaaaaaa');
  const randomSessionKey = bytes('55555555555555555555555555555555');
  const pairs = [
    { id: AvId.netbiosDomainName, value: encodeUtf16le('Domain') },
    { id: AvId.netbiosComputerName, value: encodeUtf16le('Server') },
  ];
  const targetInfo = encodeTargetInfo(pairs);
  const key = ntowfV2(ntHash('Password'), 'User', 'Domain');
  const response = computeNtlmV2({
    key,
    serverChallenge,
    clientChallenge,
    timestamp: new Uint8Array(8),
    targetInfo,
  });
  const challengeMessage = bytes(
    '4e544c4d53535000020000000c000c003800000033828ae20123456789abcdef0000000000000000240024004400000006007017' +
      '0000000f53006500720076006500720002000c0044006f006d00610069006e0001000c0053006500720076006500720000000000',
  );
  const authenticateMessage = bytes(
    '4e544c4d5353500003000000180018006c00000054005400840000000c000c00480000000800080054000000100010005c000000' +
      '10001000d8000000358288e20501280a0000000f44006f006d00610069006e00550073006500720043004f004d0050005500540045005200' +
      '86c35097ac9cec102554764a57cccc19aaaaaaaaaaaaaaaa68cd0ab851e51c96aabc927bebef6a1c0101000000000000000000000000' +
      '0000aaaaaaaaaaaaaaaa0000000002000c0044006f006d00610069006e0001000c005300650072007600650072000000000000000000' +
      'c5dad2544fc9799094ce1ce90bc9d03e',
  );

  it('§4.2.4.1.1 NTOWFv2', () => {
    expect(hex(key)).toBe('0c868a403bfd7a93a3001ef22ef02e3f');
  });

  it('§4.2.4.1.2 session base key', () => {
    expect(hex(response.sessionBaseKey)).toBe('8de40ccadbc14a82f15cb0ad0de95ca3');
  });

  it('§4.2.4.2.1 LMv2 response', () => {
    expect(hex(response.lmResponse)).toBe('86c35097ac9cec102554764a57cccc19aaaaaaaaaaaaaaaa');
  });

  it('§4.2.4.2.2 NTLMv2 response', () => {
    expect(hex(response.ntResponse.subarray(0, 16))).toBe('68cd0ab851e51c96aabc927bebef6a1c');
  });

  it('§4.2.4.2.3 encrypted session key', () => {
    expect(hex(new Rc4(response.sessionBaseKey).apply(randomSessionKey))).toBe(
      'c5dad2544fc9799094ce1ce90bc9d03e',
    );
  });

  it('§4.2.4.3 reads the CHALLENGE_MESSAGE and writes it back', () => {
    const challenge = parseChallenge(challengeMessage);
    expect(challenge).toMatchObject({ flags: 0xe28a8233, targetName: 'Server', serverChallenge });
    expect(parseTargetInfo(challenge.targetInfo)).toEqual(pairs);
    const written = encodeChallenge(challenge);
    written.set(challengeMessage.subarray(48, 56), 48); // the version is ours
    expect(hex(written)).toBe(hex(challengeMessage));
  });

  it('§4.2.4.3 reads the AUTHENTICATE_MESSAGE and writes it back', () => {
    const message = parseAuthenticate(authenticateMessage);
    expect(message).toMatchObject({
      flags: 0xe2888235,
      user: 'User',
      domain: 'Domain',
      workstation: 'COMPUTER',
    });
    const { proof, blob } = parseNtlmV2Response(message.ntResponse);
    expect(hex(hmacMd5(key, serverChallenge, blob))).toBe(hex(proof));
    const written = encodeAuthenticate(message, { mic: false });
    written.set(authenticateMessage.subarray(64, 72), 64);
    expect(hex(written)).toBe(hex(authenticateMessage));
  });

  it('§4.2.4.4 GSS_WrapEx', () => {
    const session = new NtlmSession(randomSessionKey, 'client');
    expect(hex(session.seal(encodeUtf16le('Plaintext')))).toBe(
      '010000007fb38ec5c55d49760000000054e50165bf1936dc996020c1811b0f06fb5f',
    );
  });
});
