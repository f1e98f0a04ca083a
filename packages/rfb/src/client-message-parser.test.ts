import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ClientMessage, encodeClientMessage } from './client-message.js';
import { ClientMessageParser } from './client-message-parser.js';
import { BGRX } from './pixel-format.js';
import { RfbError } from './rfb-error.js';

const u8 = fc.nat(0xff);
const u16 = fc.nat(0xffff);
const u32 = fc.nat(0xffffffff);
const area = { x: u16, y: u16, width: u16, height: u16 };
const small = fc.uint8Array({ maxLength: 64 });
const screen = fc.record({ id: u32, ...area, flags: u32 });

const message: fc.Arbitrary<ClientMessage> = fc.oneof(
  fc.constantFrom(BGRX, { ...BGRX, bigEndian: true, redShift: 0, blueShift: 16 }).map((pixelFormat) => ({
    type: 'set-pixel-format' as const,
    pixelFormat,
  })),
  fc.record({
    type: fc.constant('set-encodings' as const),
    encodings: fc.array(fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }), { maxLength: 40 }),
  }),
  fc.record({ type: fc.constant('framebuffer-update-request' as const), incremental: fc.boolean(), ...area }),
  fc.record({ type: fc.constant('key-event' as const), down: fc.boolean(), keysym: u32 }),
  fc.record({ type: fc.constant('pointer-event' as const), buttons: fc.nat(0x3ff), x: u16, y: u16 }),
  fc.record({ type: fc.constant('client-cut-text' as const), text: fc.uint8Array({ maxLength: 300 }) }),
  fc.record({
    type: fc.constant('extended-clipboard' as const),
    flags: u32,
    data: fc.uint8Array({ maxLength: 300 }),
  }),
  fc.record({
    type: fc.constant('set-desktop-size' as const),
    width: u16,
    height: u16,
    screens: fc.array(screen, { maxLength: 4 }),
  }),
  fc.record({ type: fc.constant('enable-continuous-updates' as const), enable: fc.boolean(), ...area }),
  fc.record({ type: fc.constant('client-fence' as const), flags: u32, payload: small }),
  fc.record({ type: fc.constant('qemu-key-event' as const), down: fc.boolean(), keysym: u32, keycode: u32 }),
  fc.record({ type: fc.constant('xvp' as const), version: u8, operation: u8 }),
);

function extended(): ClientMessageParser {
  const parser = new ClientMessageParser();
  parser.extendedMouseButtons = true;
  return parser;
}

describe('ClientMessageParser', () => {
  it('reads what was written, cut anywhere', () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1 });
    fc.assert(
      fc.property(fc.array(message, { maxLength: 8 }), sizes, (messages, sizes) => {
        const bytes = Uint8Array.from(messages.flatMap((message) => [...encodeClientMessage(message)]));
        const parser = extended();
        const read: ClientMessage[] = [];
        for (let at = 0, i = 0; at < bytes.length; i++) {
          const size = sizes[i % sizes.length] ?? 1;
          read.push(...parser.receive(bytes.subarray(at, at + size)));
          at += size;
        }
        expect(read).toEqual(messages);
        expect(extended().receive(bytes)).toEqual(messages);
      }),
    );
  });

  it('takes bit 7 of a button mask for a button until the client was told otherwise', () => {
    const event = Uint8Array.of(5, 0x81, 0, 3, 0, 4);
    expect(new ClientMessageParser().receive(event)).toEqual([
      { type: 'pointer-event', buttons: 0x81, x: 3, y: 4 },
    ]);
    expect(extended().receive(event)).toEqual([]);
  });

  it.each([
    ['a clipboard of 4 GiB', [6, 0, 0, 0, 0x7f, 0xff, 0xff, 0xff], 'too-long'],
    ['an extended clipboard of 2 GiB', [6, 0, 0, 0, 0x80, 0, 0, 0], 'too-long'],
    ['an extended clipboard without flags', [6, 0, 0, 0, 0xff, 0xff, 0xff, 0xfd], 'malformed'],
    ['65535 encodings', [2, 0, 0xff, 0xff], 'too-long'],
    ['a long fence', [248, 0, 0, 0, 0, 0, 0, 0, 65], 'too-long'],
    ['an unknown message', [77], 'malformed'],
    ['an unknown QEMU message', [255, 9], 'malformed'],
    ['a pixel of 24 bits', [0, 0, 0, 0, 24, ...new Array<number>(15).fill(0)], 'malformed'],
    [
      'a colour shifted out of the pixel',
      [0, 0, 0, 0, 8, 8, 0, 1, 0, 255, 0, 0, 0, 0, 4, 0, 0, 0, 0, 0],
      'malformed',
    ],
    ['a maximum that is no mask', [0, 0, 0, 0, 8, 8, 0, 1, 0, 5, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], 'malformed'],
  ])('refuses %s as soon as it is announced', (_, bytes, code) => {
    const parse = () => new ClientMessageParser().receive(Uint8Array.from(bytes));
    expect(parse).toThrow(expect.objectContaining({ name: 'RfbError', code }));
  });

  it('allows a clipboard up to its limit', () => {
    const cut = (size: number) =>
      encodeClientMessage({ type: 'client-cut-text', text: new Uint8Array(size) });
    const parser = new ClientMessageParser({ maxCutTextBytes: 1000 });
    expect(parser.receive(cut(1000))).toHaveLength(1);
    expect(() => parser.receive(cut(1001))).toThrow(RfbError);
  });

  it('reads a long run of messages given in one piece', () => {
    const key = encodeClientMessage({ type: 'key-event', down: true, keysym: 97 });
    const run = new Uint8Array(key.length * 50_000);
    for (let at = 0; at < run.length; at += key.length) run.set(key, at);
    expect(new ClientMessageParser({ maxCutTextBytes: 10 }).receive(run)).toHaveLength(50_000);
  });

  it('answers any bytes with messages or an RfbError', () => {
    const start = fc.constantFrom(0, 2, 3, 4, 5, 6, 150, 248, 250, 251, 255);
    fc.assert(
      fc.property(fc.boolean(), fc.array(fc.tuple(start, small), { maxLength: 8 }), (buttons, parts) => {
        const parser = new ClientMessageParser();
        parser.extendedMouseButtons = buttons;
        try {
          for (const [type, rest] of parts) parser.receive(Uint8Array.of(type, ...rest));
        } catch (error) {
          expect(error).toBeInstanceOf(RfbError);
        }
      }),
      { numRuns: 500 },
    );
  });
});
