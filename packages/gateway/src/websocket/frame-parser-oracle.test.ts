/** Frames right and wrong in any order, against the rules of RFC 6455 written down a second time, for whole frames. */
import { isUtf8 } from 'node:buffer';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type ClientFrame, clientFrame } from '../../test/support/client-frame.js';
import { parseAll } from '../../test/support/parse-all.js';

interface Expected {
  readonly data: Buffer[];
  readonly pings: string[];
  end: { readonly kind: string; readonly code: number | undefined } | undefined;
}

const LIMIT = 300;

function expectedOf(frames: readonly ClientFrame[]): Expected {
  const expected: Expected = { data: [], pings: [], end: undefined };
  let message: { text: boolean; bytes: Buffer } | undefined;
  for (const frame of frames) {
    const { opcode, fin = true, rsv = 0, mask } = frame;
    const payload = Buffer.from(frame.payload ?? '');
    const fail = (code: number) => {
      expected.end = { kind: 'failed', code };
      return expected;
    };
    if (rsv !== 0 || mask === null) return fail(1002);
    if (opcode >= 8) {
      if (opcode > 10 || !fin || payload.length > 125) return fail(1002);
      if (opcode === 9) expected.pings.push(payload.toString('latin1'));
      if (opcode !== 8) continue;
      if (payload.length === 1) return fail(1002);
      const code = payload.length > 0 ? payload.readUInt16BE(0) : undefined;
      if (code !== undefined && !isAllowed(code)) return fail(1002);
      if (!isUtf8(payload.subarray(2))) return fail(1007);
      expected.end = { kind: 'closed', code };
      return expected;
    }
    if (opcode > 2 || (opcode === 0) !== (message !== undefined)) return fail(1002);
    if (payload.length > LIMIT) return fail(1009);
    message ??= { text: opcode === 1, bytes: Buffer.alloc(0) };
    message.bytes = Buffer.concat([message.bytes, payload]);
    if (message.text && !startsLikeUtf8(message.bytes)) return fail(1007);
    if (fin && message.text && !isUtf8(message.bytes)) return fail(1007);
    expected.data.push(payload);
    if (fin) message = undefined;
  }
  return expected;
}

const isAllowed = (code: number) =>
  (code >= 3000 && code < 5000) ||
  [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014].includes(code);

/** Whether something can follow that makes it UTF-8. */
function startsLikeUtf8(bytes: Buffer): boolean {
  const ends = [
    '',
    '80',
    '8080',
    '808080',
    'bf',
    'bfbf',
    'bfbfbf',
    '9f',
    '9fbf',
    '8f',
    '8fbfbf',
    'a080',
    '908080',
  ];
  return ends.some((end) => isUtf8(Buffer.concat([bytes, Buffer.from(end, 'hex')])));
}

const text = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 12 }).map((string) => Buffer.from(string)),
  fc.uint8Array({ maxLength: 4 }).map((raw) => Buffer.from(raw)),
);
const payload = fc.oneof(
  { weight: 4, arbitrary: text },
  {
    weight: 1,
    arbitrary: fc.integer({ min: 120, max: LIMIT + 4 }).map((length) => Buffer.alloc(length, 0x61)),
  },
);
const closing = fc
  .tuple(fc.oneof(fc.integer({ min: 990, max: 1020 }), fc.nat(65_535)), text)
  .map(([code, reason]) => Buffer.concat([Buffer.of(code >> 8, code & 255), reason]));
const mask = fc.oneof(
  { weight: 40, arbitrary: fc.uint8Array({ minLength: 4, maxLength: 4 }) },
  { weight: 1, arbitrary: fc.constant(null) },
);
const rare = (value: fc.Arbitrary<number>) =>
  fc.oneof({ weight: 40, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: value });
const frame: fc.Arbitrary<ClientFrame> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ opcode: fc.constantFrom(1, 2), payload, fin: fc.boolean(), mask }) },
  { weight: 3, arbitrary: fc.record({ opcode: fc.constant(0), payload, fin: fc.boolean(), mask }) },
  { weight: 2, arbitrary: fc.record({ opcode: fc.constantFrom(9, 10), payload, mask }) },
  { weight: 1, arbitrary: fc.record({ opcode: fc.constant(8), payload: fc.oneof(closing, text), mask }) },
  {
    weight: 1,
    arbitrary: fc.record({
      opcode: fc.nat(15),
      payload,
      fin: fc.boolean(),
      mask,
      rsv: rare(fc.integer({ min: 1, max: 7 })),
    }),
  },
);
/** A continuation is given something to continue, so that streams get beyond their first rule. */
const frames = fc.array(frame, { maxLength: 8 }).map((drawn) => {
  let open = false;
  return drawn.map((each) => {
    if (each.opcode > 2) return each;
    const opcode = open ? 0 : each.opcode || 2;
    open = each.fin === false;
    return { ...each, opcode };
  });
});

test.each([
  ['frames in any order', fc.array(frame, { maxLength: 6 })],
  ['messages in order', frames],
])('%s are taken and refused as RFC 6455 says, in whatever pieces they arrive', (_, arbitrary) => {
  fc.assert(
    fc.property(arbitrary, fc.array(fc.nat(), { maxLength: 10 }), (sent, cuts) => {
      const expected = expectedOf(sent);
      const parsed = parseAll(Buffer.concat(sent.map(clientFrame)), cuts, { maxFrameBytes: LIMIT });
      if (expected.end === undefined) expect(parsed.end).toBeUndefined();
      else expect(parsed.end).toMatchObject(expected.end);
      // Of a message that is not UTF-8, what came before the fault may have been given out.
      const data = Buffer.concat(expected.data);
      expect(parsed.data.subarray(0, data.length).equals(data)).toBe(true);
      if (expected.end?.code !== 1007) expect(parsed.data.length).toBe(data.length);
      expect(parsed.pings).toEqual(expected.pings);
    }),
    { numRuns: 1000 },
  );
});
