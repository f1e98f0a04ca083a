import fc from 'fast-check';
import { expect, test } from 'vitest';
import * as ws from 'ws';
import {
  binaryFrame,
  type ClientFrame,
  clientFrame,
  closeFrame,
  continuationFrame,
  pingFrame,
} from '../../test/support/client-frame.js';
import { everyByte, isSameData, parseAll } from '../../test/support/parse-all.js';
import { FrameParser } from './frame-parser.js';

const mask = fc.uint8Array({ minLength: 4, maxLength: 4 });
const payload = fc.oneof(fc.uint8Array({ maxLength: 20 }), fc.uint8Array({ minLength: 100, maxLength: 300 }));
const control: fc.Arbitrary<ClientFrame> = fc.record({
  opcode: fc.constantFrom(9, 10),
  payload: fc.uint8Array({ maxLength: 125 }),
  mask,
});
const message: fc.Arbitrary<ClientFrame[]> = fc
  .tuple(
    fc.array(fc.record({ payload, mask }), { minLength: 1, maxLength: 4 }),
    fc.array(control, { maxLength: 3 }),
  )
  .map(([pieces, controls]) => {
    const frames: ClientFrame[] = pieces.map((piece, i) => ({
      ...piece,
      opcode: i === 0 ? 2 : 0,
      fin: i === pieces.length - 1,
    }));
    for (const [i, frame] of controls.entries()) frames.splice(i % (frames.length + 1), 0, frame);
    return frames;
  });

test('gives back what was sent, in whatever pieces it arrives', () => {
  fc.assert(
    fc.property(
      fc.array(message, { maxLength: 6 }),
      fc.array(fc.nat(), { maxLength: 12 }),
      (messages, cuts) => {
        const frames = messages.flat();
        const parsed = parseAll(Buffer.concat(frames.map(clientFrame)), cuts);
        const data = frames
          .filter((frame) => frame.opcode < 8)
          .map((frame) => Buffer.from(frame.payload ?? ''));

        expect(parsed.end).toBeUndefined();
        expect(parsed.frames).toBe(data.length);
        expect(parsed.data.equals(Buffer.concat(data))).toBe(true);
        const pings = frames.filter((frame) => frame.opcode === 9);
        if (pings.length <= 16) {
          expect(parsed.pings).toEqual(
            pings.map((frame) => Buffer.from(frame.payload ?? '').toString('latin1')),
          );
        }
      },
    ),
    { numRuns: 300 },
  );
});

test('reads what the ws package writes', () => {
  const { Sender } = ws as unknown as {
    Sender: { frame(data: Buffer, options: object): Buffer[] };
  };
  fc.assert(
    fc.property(
      fc.array(
        fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
        { maxLength: 10 },
      ),
      fc.array(fc.nat(), { maxLength: 8 }),
      (payloads, cuts) => {
        const options = { fin: true, rsv1: false, opcode: 2, mask: true, readOnly: true };
        const frames = payloads.flatMap((bytes) => Sender.frame(bytes, options));
        const parsed = parseAll(Buffer.concat(frames), cuts, { text: 'refuse' });
        expect(parsed.end).toBeUndefined();
        expect(parsed.data.equals(Buffer.concat(payloads))).toBe(true);
      },
    ),
  );
});

test.each([0, 1, 125, 126, 65_535, 65_536, 300_000])('a frame of %i bytes arrives whole', (length) => {
  const bytes = Buffer.from(Array.from({ length }, (_, i) => (i * 7) & 255));
  for (const cuts of [[], [1, 2, 3, 9, 14, 15, length >> 1]]) {
    expect(parseAll(binaryFrame(bytes), cuts).data.equals(bytes)).toBe(true);
  }
});

test('never reads or writes outside its chunk, throws or grows on any bytes', () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.uint8Array({ maxLength: 400 }), nearlyRight()),
      fc.array(fc.nat(), { maxLength: 8 }),
      (stream, cuts) => {
        const parsed = parseAll(stream, cuts);
        expect(parsed.data.length).toBeLessThanOrEqual(stream.length);
        const whole = parseAll(stream);
        expect(isSameData(parsed, whole)).toBe(true);
        expect(parsed.end).toEqual(whole.end);
      },
    ),
    { numRuns: 1500 },
  );
});

/** Valid streams with one byte changed: most of the parser's rules are one bit away. */
function nearlyRight() {
  return fc
    .tuple(fc.array(message, { minLength: 1, maxLength: 3 }), fc.nat(), fc.nat(255))
    .map(([messages, at, byte]) => {
      const stream = Buffer.concat(messages.flat().map(clientFrame));
      stream[at % stream.length] = byte;
      return stream;
    });
}

test('data before a fault is still delivered, data after it is not', () => {
  const stream = Buffer.concat([
    binaryFrame('good'),
    clientFrame({ opcode: 2, payload: 'x', mask: null }),
    binaryFrame('bad'),
  ]);
  const { data, end } = parseAll(stream);
  expect(data.toString()).toBe('good');
  expect(end).toEqual({ kind: 'failed', code: 1002, reason: 'frame not masked' });
  expect(parseAll(stream, everyByte(stream))).toEqual(parseAll(stream));
});

test('text is refused where only binary is spoken', () => {
  const { data, end } = parseAll(clientFrame({ opcode: 1, payload: 'x' }), [], { text: 'refuse' });
  expect(end).toMatchObject({ kind: 'failed', code: 1003 });
  expect(data.length).toBe(0);
});

test('a frame above the limit is refused by its header alone', () => {
  const parser = new FrameParser({ maxFrameBytes: 1000, text: 'refuse' });
  const fits = binaryFrame(Buffer.alloc(1000));
  expect(parser.parse(fits)).toBeUndefined();
  expect(parser.parse(Uint8Array.of(0x82, 0x80 | 126, 0x03, 0xe9))).toMatchObject({ code: 1009 });
});

test.each([
  ['2^63', [0x80, 0, 0, 0, 0, 0, 0, 0], 1002],
  ['2^63 - 1', [0x7f, 255, 255, 255, 255, 255, 255, 255], 1009],
  ['2^53', [0, 0x20, 0, 0, 0, 0, 0, 0], 1009],
  ['2^32', [0, 0, 0, 1, 0, 0, 0, 0], 1009],
])('a frame that claims %s bytes is refused', (_, length, code) => {
  expect(parseAll(Uint8Array.of(0x82, 0xff, ...length)).end).toMatchObject({ kind: 'failed', code });
});

test('a length that is not in its shortest form is read', () => {
  const stream = Buffer.concat([
    clientFrame({ opcode: 2, payload: 'ab', lengthBytes: 2 }),
    clientFrame({ opcode: 2, payload: 'cd', lengthBytes: 8 }),
  ]);
  expect(parseAll(stream).data.toString()).toBe('abcd');
});

test('of a flood of pings in one chunk some and the last are kept', () => {
  const pings = Array.from({ length: 1000 }, (_, i) => pingFrame(String(i)));
  const parsed = parseAll(Buffer.concat(pings));
  expect(parsed.pings.length).toBe(16);
  expect(parsed.pings.slice(0, 3)).toEqual(['0', '1', '2']);
  expect(parsed.pings.at(-1)).toBe('999');
});

test('a close between the fragments of a message ends the stream', () => {
  const stream = Buffer.concat([
    binaryFrame('one', false),
    closeFrame(1000, 'bye'),
    continuationFrame('two', true),
  ]);
  expect(parseAll(stream)).toMatchObject({
    data: Buffer.from('one'),
    end: { kind: 'closed', code: 1000, reason: 'bye' },
  });
});
