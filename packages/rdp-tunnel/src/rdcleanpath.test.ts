import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fuzz } from '../test/reads-or-refuses.js';
import {
  encodeRdCleanPathAnswer,
  encodeRdCleanPathRequest,
  parseRdCleanPathAnswer,
  parseRdCleanPathRequest,
  type RdCleanPathAnswer,
} from './rdcleanpath.js';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const code = (wanted: string) => expect.objectContaining({ name: 'RdpTunnelError', code: wanted });
const request = {
  destination: 'd',
  proxyAuth: 't',
  serverAuth: undefined,
  preconnectionBlob: undefined,
  x224ConnectionRequest: Uint8Array.of(0xde, 0xad),
};

describe('an RDCleanPath request', () => {
  it('is this DER', () => {
    const der = '3016a00402020d3ea2030c0164a3030c0174a6040402dead';
    expect(hex(encodeRdCleanPathRequest(request))).toBe(der);
    expect(parseRdCleanPathRequest(Uint8Array.from(Buffer.from(der, 'hex')))).toEqual(request);
  });

  it('comes back as it was', () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 100 });
    const optional = fc.option(text, { nil: undefined });
    const any = fc.record({
      destination: text,
      proxyAuth: text,
      serverAuth: optional,
      preconnectionBlob: optional,
      x224ConnectionRequest: fc.uint8Array({ maxLength: 259 }),
    });
    fc.assert(
      fc.property(any, (value) => {
        expect(parseRdCleanPathRequest(encodeRdCleanPathRequest(value))).toEqual(value);
      }),
    );
  });

  it.each(['destination', 'proxyAuth', 'x224ConnectionRequest'])('is refused without its %s', (name) => {
    const tag = { destination: 0xa2, proxyAuth: 0xa3, x224ConnectionRequest: 0xa6 }[name] ?? 0;
    const bytes = encodeRdCleanPathRequest(request);
    const at = bytes.indexOf(tag);
    const without = Uint8Array.from([...bytes.slice(0, at), ...bytes.slice(at + 2 + (bytes[at + 1] ?? 0))]);
    without[1] = without.length - 2;
    expect(() => parseRdCleanPathRequest(without)).toThrow(code('malformed'));
  });

  it('is refused in another version, with bytes behind it, and above 4 KiB', () => {
    const bytes = encodeRdCleanPathRequest(request);
    const other = bytes.slice();
    other[7] = 0x3f;
    expect(() => parseRdCleanPathRequest(other)).toThrow(code('malformed'));
    expect(() => parseRdCleanPathRequest(Uint8Array.of(...bytes, 0))).toThrow(code('malformed'));
    const long = encodeRdCleanPathRequest({ ...request, destination: 'x'.repeat(4096) });
    expect(() => parseRdCleanPathRequest(long)).toThrow(code('too-long'));
    const longest = encodeRdCleanPathRequest({
      ...request,
      destination: 'x'.repeat(4096 - bytes.length - 5),
    });
    expect(longest.length).toBeGreaterThan(4090);
    expect(parseRdCleanPathRequest(longest).destination).toHaveLength(4096 - bytes.length - 5);
  });

  it('never says the token in an error', () => {
    const bytes = encodeRdCleanPathRequest({ ...request, proxyAuth: 'secret-token' });
    for (let length = 0; length < bytes.length; length++) {
      try {
        parseRdCleanPathRequest(bytes.slice(0, length));
        expect.unreachable();
      } catch (error) {
        expect(String((error as Error).stack)).not.toContain('secret');
      }
    }
  });

  it('stands hostile bytes', () => fuzz(parseRdCleanPathRequest, encodeRdCleanPathRequest(request)));
});

describe('an RDCleanPath answer', () => {
  const answers: readonly RdCleanPathAnswer[] = [
    {
      kind: 'connected',
      x224ConnectionConfirm: Uint8Array.of(3, 0),
      serverCertificateChain: [new Uint8Array(700).fill(7), new Uint8Array(3)],
      serverAddress: '192.0.2.1:3389',
    },
    { kind: 'general-error', httpStatus: 502, wsaError: undefined, tlsAlert: undefined },
    { kind: 'general-error', httpStatus: undefined, wsaError: 10_061, tlsAlert: undefined },
    { kind: 'general-error', httpStatus: undefined, wsaError: undefined, tlsAlert: 42 },
    { kind: 'general-error', httpStatus: undefined, wsaError: undefined, tlsAlert: undefined },
    { kind: 'negotiation-error', x224ConnectionConfirm: Uint8Array.of(3, 0, 0) },
  ];

  it.each(answers)('comes back as it was: $kind', (answer) => {
    expect(parseRdCleanPathAnswer(encodeRdCleanPathAnswer(answer))).toEqual(answer);
  });

  it('is this DER for a refused token', () => {
    expect(hex(encodeRdCleanPathAnswer({ kind: 'general-error', httpStatus: 403 }))).toBe(
      '3015a00402020d3ea10d300ba003020101a10402020193',
    );
  });

  it.each(answers)('stands hostile bytes: $kind', (answer) =>
    fuzz(parseRdCleanPathAnswer, encodeRdCleanPathAnswer(answer)),
  );

  it('is refused above 64 KiB', () => {
    expect(() => parseRdCleanPathAnswer(new Uint8Array(65_537))).toThrow(code('too-long'));
  });
});
