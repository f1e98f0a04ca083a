import { constants, deflateSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readScreens } from './desktop-screen.js';
import { Encoding } from './encoding.js';
import {
  announcementRectangle,
  COUNTED_BY_LAST_RECT,
  cursorRectangle,
  desktopNameRectangle,
  desktopSizeRectangle,
  encodeFramebufferUpdate,
  extendedDesktopSizeRectangle,
  lastRectangle,
  rawRectangle,
  tightRectangle,
} from './framebuffer-update.js';
import { InputBuffer } from './input-buffer.js';
import { BGRX, decodePixels } from './pixel-format.js';
import { RfbError } from './rfb-error.js';
import {
  encodeBell,
  encodeEndOfContinuousUpdates,
  encodeServerCutText,
  encodeServerFence,
} from './server-message.js';
import { ServerMessageParser } from './server-message-parser.js';

const deflate = (bytes: Uint8Array) => deflateSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH });
const area = { x: 3, y: 4, width: 5, height: 2 };
const colours = Uint32Array.from({ length: 10 }, (_, i) => i * 0x010203);
const screens = [{ id: 7, x: 0, y: 0, width: 640, height: 480, flags: 0 }];
const cursor = {
  width: 9,
  height: 2,
  hotspotX: 1,
  hotspotY: 0,
  colours: new Uint32Array(18),
  mask: new Uint8Array(18).fill(1),
};

const update = encodeFramebufferUpdate([
  rawRectangle(area, BGRX, colours),
  tightRectangle(area, BGRX, colours, deflate),
  desktopSizeRectangle(640, 480),
  extendedDesktopSizeRectangle({ width: 640, height: 480, screens }, 1, 3),
  desktopNameRectangle('demo'),
  cursorRectangle(cursor, BGRX),
  announcementRectangle(Encoding.qemuExtendedKeyEvent),
]);
const everything = Uint8Array.from([
  ...update,
  ...encodeBell(),
  ...encodeServerCutText(Uint8Array.of(104, 105)),
  ...encodeServerFence(0x80000001, Uint8Array.of(1, 2)),
  ...encodeEndOfContinuousUpdates(),
]);

const parser = (maxBytes?: number) =>
  new ServerMessageParser({ pixelFormat: BGRX, ...(maxBytes === undefined ? {} : { maxBytes }) });

describe('ServerMessageParser', () => {
  it('reads what was written', () => {
    const messages = parser().receive(everything);
    expect(
      messages.map((message) => (message.type === 'rectangle' ? message.encoding : message.type)),
    ).toEqual([
      'framebuffer-update',
      Encoding.raw,
      Encoding.tight,
      Encoding.desktopSize,
      Encoding.extendedDesktopSize,
      Encoding.desktopName,
      Encoding.cursor,
      Encoding.qemuExtendedKeyEvent,
      'bell',
      'server-cut-text',
      'server-fence',
      'end-of-continuous-updates',
    ]);
    const [, raw, , , size, name, pointer] = messages;
    if (raw?.type !== 'rectangle' || size?.type !== 'rectangle') throw new Error('rectangles expected');
    if (name?.type !== 'rectangle' || pointer?.type !== 'rectangle') throw new Error('rectangles expected');
    expect(raw).toMatchObject(area);
    expect([...decodePixels(BGRX, raw.data)]).toEqual([...colours]);
    expect(size).toMatchObject({ x: 1, y: 3, width: 640, height: 480 });
    const layout = new InputBuffer(64);
    layout.push(size.data.subarray(4));
    expect(readScreens(layout, size.data[0] ?? 0)).toEqual(screens);
    expect(new TextDecoder().decode(name.data.subarray(4))).toBe('demo');
    expect([...pointer.data.subarray(-4)]).toEqual([0xff, 0x80, 0xff, 0x80]);
    expect(messages[10]).toEqual({ type: 'server-fence', flags: 0x80000001, payload: Uint8Array.of(1, 2) });
  });

  it('reads the same however the bytes are cut', () => {
    const whole = parser().receive(everything);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1 }), (sizes) => {
        const cut = parser();
        const messages = [];
        for (let at = 0, i = 0; at < everything.length; i++) {
          const size = sizes[i % sizes.length] ?? 1;
          messages.push(...cut.receive(everything.subarray(at, at + size)));
          at += size;
        }
        expect(messages).toEqual(whole);
      }),
    );
  });

  it('ends an uncounted update at LastRect', () => {
    const bytes = Uint8Array.of(
      0,
      0,
      255,
      255,
      ...rawRectangle(area, BGRX, colours),
      ...lastRectangle(),
      ...encodeBell(),
    );
    const messages = parser().receive(bytes);
    expect(messages[0]).toEqual({ type: 'framebuffer-update', rectangles: COUNTED_BY_LAST_RECT });
    expect(messages.at(-1)).toEqual({ type: 'bell' });
    expect(messages).toHaveLength(4);
  });

  it.each([
    ['a raw rectangle of 17 GB', [0, 0, 0, 1, 0, 0, 0, 0, 255, 255, 255, 255, 0, 0, 0, 0], 'too-long'],
    ['a clipboard of 4 GiB', [3, 0, 0, 0, 255, 255, 255, 255], 'too-long'],
    [
      'a name of 4 GiB',
      [0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 254, 205, 255, 255, 255, 255],
      'too-long',
    ],
    ['an unknown encoding', [0, 0, 0, 1, 0, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0, 99], 'malformed'],
    ['an unknown Tight compression', [0, 0, 0, 1, 0, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0, 7, 0xf0], 'malformed'],
    ['an unknown message', [99], 'malformed'],
  ])('refuses %s as soon as it is announced', (_, bytes, code) => {
    expect(() => parser().receive(Uint8Array.from(bytes))).toThrow(expect.objectContaining({ code }));
  });

  it('answers any bytes with messages or an RfbError', () => {
    const encoding = fc.constantFrom(
      [0, 0, 0, 0],
      [0, 0, 0, 7],
      [255, 255, 254, 204],
      [255, 255, 255, 17],
      [255, 255, 255, 32],
    );
    const rectangle = fc.tuple(
      fc.uint8Array({ minLength: 4, maxLength: 4 }),
      encoding,
      fc.uint8Array({ maxLength: 60 }),
    );
    fc.assert(
      fc.property(fc.array(rectangle, { maxLength: 4 }), (rectangles) => {
        const body = rectangles.flatMap(([b, encoding, data]) => [
          0,
          0,
          0,
          0,
          0,
          b[0] ?? 0,
          0,
          (b[1] ?? 0) & 7,
          ...encoding,
          ...data,
        ]);
        try {
          parser(4096).receive(Uint8Array.of(0, 0, 0, rectangles.length, ...body));
        } catch (error) {
          expect(error).toBeInstanceOf(RfbError);
        }
      }),
      { numRuns: 500 },
    );
  });
});
