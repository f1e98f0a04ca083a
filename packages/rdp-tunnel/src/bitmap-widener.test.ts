import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { splits } from '../test/reads-or-refuses.js';
import { BitmapWidener } from './bitmap-widener.js';
import { encodeTpkt } from './tpkt.js';

interface Rectangle {
  readonly left: number;
  readonly right: number;
  readonly width: number;
  readonly content?: number;
}

const u16 = (...values: readonly number[]): number[] => values.flatMap((value) => [value & 0xff, value >> 8]);

/** TS_UPDATE_BITMAP_DATA, with as many bytes of pixels as asked for. */
function bitmaps(...rectangles: readonly Rectangle[]): number[] {
  return [
    ...u16(1, rectangles.length),
    ...rectangles.flatMap(({ left, right, width, content = 5 }) => [
      ...u16(left, 10, right, 20, width, 11, 16, 0, content),
      ...Array<number>(content).fill(0xaa),
    ]),
  ];
}

/** A slow-path message of the server: MCS data on the I/O channel with a share control header. */
function slowPath(type: number, body: readonly number[], longLength = body.length > 100): Uint8Array {
  const share = [...u16(6 + body.length, 0x10 | type, 1002), ...body];
  const length = longLength ? [0x80 | (share.length >> 8), share.length & 0xff] : [share.length];
  return encodeTpkt(Uint8Array.of(2, 0xf0, 0x80, 0x68, 0, 1, 3, 0xeb, 0x70, ...length, ...share));
}

const shareData = (kind: number, compressed: number, body: readonly number[]): number[] => [
  ...[1, 0, 1, 0, 0, 1],
  ...u16(body.length),
  ...[kind, compressed, 0, 0],
  ...body,
];

const slowUpdate = (body: readonly number[], compressed = 0): Uint8Array =>
  slowPath(7, shareData(2, compressed, body));

function fastPath(updates: readonly (readonly number[])[], head = 0): Uint8Array {
  const body = updates.flat();
  const length = body.length + 3;
  return Uint8Array.of(head, 0x80 | (length >> 8), length & 0xff, ...body);
}

const fastUpdate = (code: number, body: readonly number[]): number[] => [code, ...u16(body.length), ...body];

/** Demand Active, as far as it says how wide the desktop is. */
function desktop(width: number): Uint8Array {
  const general = u16(1, 24, ...Array<number>(10).fill(0));
  const bitmap = u16(2, 28, 16, 1, 1, 1, width, 768, 0, 1, 1, 0, 1, 0);
  const sets = [...u16(2, 0), ...general, ...bitmap];
  return slowPath(1, [...[1, 0, 1, 0], ...u16(4, sets.length), ...[0x52, 0x44, 0x50, 0], ...sets]);
}

function through(...messages: readonly Uint8Array[]): Uint8Array {
  const widener = new BitmapWidener();
  return Uint8Array.from(messages.flatMap((message) => [...widener.push(message)]));
}

const bytes = (...messages: readonly Uint8Array[]): Uint8Array =>
  Uint8Array.from(messages.flatMap((message) => [...message]));

const askew: Rectangle = { left: 8, right: 12, width: 8 };
const straight: Rectangle = { ...askew, right: 15 };

describe('BitmapWidener', () => {
  it.each<[string, (body: number[]) => Uint8Array]>([
    ['slow-path updates', (body) => slowUpdate(body)],
    ['fast-path updates', (body) => fastPath([fastUpdate(5, [1, 2]), fastUpdate(1, body)])],
  ])('makes rectangles as wide as their rows in %s', (_name, message) => {
    const other: Rectangle = { left: 64, right: 127, width: 64, content: 300 };
    expect(through(desktop(1024), message(bitmaps(askew, other, askew)))).toEqual(
      bytes(desktop(1024), message(bitmaps(straight, other, straight))),
    );
  });

  it('leaves a rectangle that would leave the desktop, of whose width it must have heard', () => {
    const edge: Rectangle = { left: 1020, right: 1022, width: 5 };
    const update = slowUpdate(bitmaps(edge));
    expect(through(desktop(1024), update)).toEqual(bytes(desktop(1024), update));
    expect(through(desktop(1025), update).at(-19)).not.toBe(update.at(-19));
    const early = slowUpdate(bitmaps(askew));
    expect(through(early)).toEqual(early);
    const grown = [desktop(800), desktop(1280), slowUpdate(bitmaps({ left: 800, right: 802, width: 4 }))];
    expect(through(...grown)).toEqual(
      bytes(desktop(800), desktop(1280), slowUpdate(bitmaps({ left: 800, right: 803, width: 4 }))),
    );
  });

  it.each<[string, Uint8Array]>([
    ['a compressed slow-path update', slowUpdate(bitmaps(askew), 0x21)],
    ['another slow-path update', slowPath(7, shareData(27, 0, bitmaps(askew)))],
    ['an update that is no bitmap', slowUpdate([...u16(2), ...bitmaps(askew).slice(2)])],
    ['a piece of a fast-path update', fastPath([fastUpdate(0x11, bitmaps(askew))])],
    ['an encrypted fast-path update', fastPath([fastUpdate(1, bitmaps(askew))], 0x80)],
    ['a compressed fast-path update', fastPath([[0x81, 0, ...u16(40), ...bitmaps(askew)]])],
    ['a fast-path update of another kind', fastPath([fastUpdate(0, bitmaps(askew))])],
    ['another MCS message', encodeTpkt(Uint8Array.of(2, 0xf0, 0x80, 0x3e, 0, 0, 6, 3, 0xeb))],
  ])('leaves %s as it is', (_name, message) => {
    expect(through(desktop(1024), message)).toEqual(bytes(desktop(1024), message));
  });

  const session = [
    desktop(1024),
    slowUpdate(bitmaps(askew)),
    fastPath([fastUpdate(1, bitmaps(askew, askew))]),
  ];

  it('finds the messages in pieces of any size', () => {
    for (const pieces of splits(bytes(...session))) expect(through(...pieces)).toEqual(through(...session));
  });

  it('holds nothing back but the rest of a message', () => {
    const widener = new BitmapWidener();
    const [first = new Uint8Array(0), second = new Uint8Array(0)] = session;
    expect(widener.push(bytes(first, second.subarray(0, 3)))).toEqual(first);
    expect(widener.push(second.subarray(3))).toHaveLength(second.length);
  });

  it('passes on what is not RDP', () => {
    const noise = Buffer.from('SSH-2.0-nothing of RDP');
    expect(through(desktop(1024), noise, noise)).toEqual(bytes(desktop(1024), noise, noise));
  });

  it('keeps the length and the order of whatever comes, and never holds more than a message', () => {
    const spoilt = fc.array(fc.tuple(fc.nat(2000), fc.nat(255)), { maxLength: 6 }).map((changes) => {
      const stream = bytes(...session);
      for (const [at, value] of changes) stream[at % stream.length] = value;
      return stream;
    });
    const stream = fc.oneof(spoilt, fc.uint8Array({ maxLength: 400 }));
    fc.assert(
      fc.property(stream, fc.array(fc.nat(400), { maxLength: 5 }), (whole, cuts) => {
        const widener = new BitmapWidener();
        const borders = [
          0,
          ...cuts.map((cut) => cut % (whole.length + 1)).sort((a, b) => a - b),
          whole.length,
        ];
        const out: number[] = [];
        for (const [i, end] of borders.slice(1).entries()) {
          out.push(...widener.push(whole.slice(borders[i], end)));
          expect(out.length).toBeLessThanOrEqual(end);
        }
        // Nothing but right edges is changed: two bytes of each rectangle.
        expect(out.filter((byte, i) => byte !== whole[i]).length).toBeLessThanOrEqual(whole.length / 9);
      }),
      { numRuns: 500 },
    );
  });
});
