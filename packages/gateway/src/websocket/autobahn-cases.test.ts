/**
 * The case list of the Autobahn fuzzing client, expressed against our parser. Numbers are Autobahn's. Where its
 * server echoes messages, ours hands out their bytes; 12 and 13 (compression) do not apply, no extension is ever
 * negotiated. Every case runs in one piece and byte by byte.
 */
import { describe, expect, test } from 'vitest';
import {
  binaryFrame,
  clientFrame,
  closeFrame,
  continuationFrame,
  pingFrame,
  pongFrame,
  textFrame,
} from '../../test/support/client-frame.js';
import { everyByte, isSameData, type Parsed, parseAll } from '../../test/support/parse-all.js';

/** Both ways of delivery must give the same; long streams are cut in a thousand places instead of everywhere. */
function run(...frames: Uint8Array[]): Parsed {
  const stream = Buffer.concat(frames);
  const whole = parseAll(stream);
  const chopped = parseAll(stream, stream.length > 2000 ? spread(stream.length) : everyByte(stream));
  expect(isSameData(chopped, whole)).toBe(true);
  expect(chopped.end).toEqual(whole.end);
  if (whole.pings.length < 16) expect(chopped.pings).toEqual(whole.pings);
  return whole;
}

const spread = (length: number) => Array.from({ length: 1000 }, (_, i) => Math.floor((i * length) / 1000));
const bytes = (...values: number[]) => Uint8Array.from(values);
const HELLO = 'Hello, world!';

function passes(parsed: Parsed, data: string | Uint8Array): void {
  expect(parsed.end).toBeUndefined();
  expect(parsed.data.equals(Buffer.from(data as string))).toBe(true);
}

function failsWith(parsed: Parsed, code: number, data: string | Uint8Array = ''): void {
  expect(parsed.end).toMatchObject({ kind: 'failed', code });
  expect(parsed.data.equals(Buffer.from(data as string))).toBe(true);
}

describe('1 Framing', () => {
  const sizes = [0, 125, 126, 127, 128, 65_535, 65_536];
  test.each(sizes)('1.1 text of %i', (size) => passes(run(textFrame('*'.repeat(size))), '*'.repeat(size)));
  test.each(sizes)('1.2 binary of %i', (size) => {
    passes(run(binaryFrame(Buffer.alloc(size, 0xfe))), Buffer.alloc(size, 0xfe));
  });
});

describe('2 Pings and pongs', () => {
  test('2.1 ping without payload', () => expect(run(pingFrame()).pings).toEqual(['']));
  test('2.2 ping with text', () => expect(run(pingFrame(HELLO)).pings).toEqual([HELLO]));
  test('2.3 ping with binary', () => {
    expect(run(pingFrame(bytes(0, 255, 254, 253, 0))).pings).toEqual(['\x00\xff\xfe\xfd\x00']);
  });
  test('2.4, 2.6 ping of 125', () => {
    expect(run(pingFrame(Buffer.alloc(125, 0xfe))).pings).toEqual(['\xfe'.repeat(125)]);
  });
  test('2.5 ping of 126', () => failsWith(run(clientFrame({ opcode: 9, payload: Buffer.alloc(126) })), 1002));
  test('2.7, 2.8 unsolicited pong', () => passes(run(pongFrame(), pongFrame('unsolicited')), ''));
  test('2.9 unsolicited pong, then ping', () => {
    expect(run(pongFrame('unsolicited'), pingFrame('payload')).pings).toEqual(['payload']);
  });
  test('2.10, 2.11 ten pings', () => {
    const payloads = Array.from({ length: 10 }, (_, i) => `payload-${i}`);
    expect(run(...payloads.map((payload) => pingFrame(payload))).pings).toEqual(payloads);
  });
});

describe('3 Reserved bits', () => {
  test('3.1 RSV 1', () => failsWith(run(clientFrame({ opcode: 1, payload: HELLO, rsv: 1 })), 1002));
  test.each([2, 3, 4])('3.2 to 3.4 good text, RSV %i, ping', (rsv) => {
    const parsed = run(textFrame(HELLO), clientFrame({ opcode: 1, payload: HELLO, rsv }), pingFrame());
    failsWith(parsed, 1002, HELLO);
    expect(parsed.pings).toEqual([]);
  });
  test('3.5 binary with RSV 5', () =>
    failsWith(run(clientFrame({ opcode: 2, payload: HELLO, rsv: 5 })), 1002));
  test('3.6 ping with RSV 6', () => failsWith(run(clientFrame({ opcode: 9, payload: HELLO, rsv: 6 })), 1002));
  test('3.7 close with RSV 7', () => failsWith(run(clientFrame({ opcode: 8, rsv: 7 })), 1002));
});

describe('4 Opcodes', () => {
  test.each([3, 4, 5, 6, 7, 11, 12, 13, 14, 15])('reserved opcode %i', (opcode) => {
    failsWith(run(clientFrame({ opcode })), 1002);
    failsWith(run(clientFrame({ opcode, payload: 'reserved opcode payload' })), 1002);
    failsWith(run(textFrame(HELLO), clientFrame({ opcode, payload: HELLO }), pingFrame()), 1002, HELLO);
  });
});

describe('5 Fragmentation', () => {
  test.each([8, 9, 10])('5.1, 5.2 fragmented control frame %i', (opcode) => {
    failsWith(
      run(clientFrame({ opcode, payload: 'fragment1', fin: false }), continuationFrame('fragment2', true)),
      1002,
    );
  });
  test('5.3 to 5.5 two fragments', () => {
    passes(run(textFrame('fragment1', false), continuationFrame('fragment2', true)), 'fragment1fragment2');
  });
  test('5.6 to 5.8 ping between two fragments', () => {
    const parsed = run(
      textFrame('fragment1', false),
      pingFrame('ping'),
      continuationFrame('fragment2', true),
    );
    passes(parsed, 'fragment1fragment2');
    expect(parsed.pings).toEqual(['ping']);
  });
  test.each([true, false])('5.9 to 5.14 continuation (FIN %s) with nothing to continue, then text', (fin) => {
    failsWith(run(continuationFrame('non-continuation payload', fin), textFrame(HELLO)), 1002);
  });
  test('5.15 two fragments, then continuation with nothing to continue', () => {
    const parsed = run(
      textFrame('fragment1', false),
      continuationFrame('fragment2', true),
      continuationFrame('fragment3', false),
      textFrame('fragment4'),
    );
    failsWith(parsed, 1002, 'fragment1fragment2');
  });
  test.each([false, true])('5.16, 5.17 continuation (FIN %s) first, then a fragmented text', (fin) => {
    failsWith(run(continuationFrame('fragment1', fin), textFrame('fragment2', false)), 1002);
  });
  test('5.18 a second text before the first has ended', () => {
    failsWith(run(textFrame('fragment1', false), textFrame('fragment2')), 1002, 'fragment1');
  });
  test('5.19, 5.20 five fragments and two pings', () => {
    const parsed = run(
      textFrame('fragment1', false),
      continuationFrame('fragment2', false),
      pingFrame('pongme 1!'),
      continuationFrame('fragment3', false),
      continuationFrame('fragment4', false),
      pingFrame('pongme 2!'),
      continuationFrame('fragment5', true),
    );
    passes(parsed, 'fragment1fragment2fragment3fragment4fragment5');
    expect(parsed.pings).toEqual(['pongme 1!', 'pongme 2!']);
  });
});

describe('6 UTF-8', () => {
  const kosme = bytes(0xce, 0xba, 0xe1, 0xbd, 0xb9, 0xcf, 0x83, 0xce, 0xbc, 0xce, 0xb5);
  test('6.1 empty text, also in fragments', () => {
    passes(run(textFrame('')), '');
    passes(run(textFrame('', false), continuationFrame('', false), continuationFrame('', true)), '');
    passes(
      run(textFrame('', false), continuationFrame('middle', false), continuationFrame('', true)),
      'middle',
    );
  });
  test('6.2 valid text cut anywhere, also between the bytes of a character', () => {
    for (let cut = 0; cut <= kosme.length; cut++) {
      passes(
        run(textFrame(kosme.subarray(0, cut), false), continuationFrame(kosme.subarray(cut), true)),
        kosme,
      );
    }
  });
  test('6.3, 6.4 invalid text fails at the first bad byte, whatever follows', () => {
    const bad = bytes(...kosme, 0xed, 0xa0, 0x80, 0x65);
    expect(run(textFrame(bad)).end).toMatchObject({ kind: 'failed', code: 1007 });
    const upToFault = textFrame(bad, false).subarray(0, -2);
    expect(run(upToFault).end).toMatchObject({ kind: 'failed', code: 1007 });
    expect(run(textFrame(kosme, false), continuationFrame(bytes(0xf4, 0x90), false)).end).toMatchObject({
      code: 1007,
    });
  });
  const valid: [string, number[]][] = [
    ['6.5 kosme', [...kosme]],
    ['6.7.1', [0x00]],
    ['6.7.2', [0xc2, 0x80]],
    ['6.7.3', [0xe0, 0xa0, 0x80]],
    ['6.7.4', [0xf0, 0x90, 0x80, 0x80]],
    ['6.9.1', [0x7f]],
    ['6.9.2', [0xdf, 0xbf]],
    ['6.9.3', [0xef, 0xbf, 0xbf]],
    ['6.9.4', [0xf4, 0x8f, 0xbf, 0xbf]],
    ['6.11.1', [0xed, 0x9f, 0xbf]],
    ['6.11.2', [0xee, 0x80, 0x80]],
    ['6.11.3', [0xef, 0xbf, 0xbd]],
    ['6.11.4', [0xf4, 0x8f, 0xbf, 0xbf]],
    ['6.22 non-characters', [0xef, 0xbf, 0xbe, 0xf0, 0x9f, 0xbf, 0xbf, 0xf4, 0x8f, 0xbf, 0xbe]],
    ['6.23', [0xef, 0xbf, 0xb9, 0xef, 0xbf, 0xba, 0xef, 0xbf, 0xbb, 0xef, 0xbf, 0xbc, 0xef, 0xbf, 0xbd]],
  ];
  test.each(valid)('%s is accepted', (_, text) => passes(run(textFrame(bytes(...text))), bytes(...text)));
  const invalid: [string, number[]][] = [
    ['6.6 cut short', [0xce]],
    ['6.6 cut short', [0xce, 0xba, 0xe1, 0xbd]],
    ['6.8.1 five bytes', [0xf8, 0x88, 0x80, 0x80, 0x80]],
    ['6.8.2 six bytes', [0xfc, 0x84, 0x80, 0x80, 0x80, 0x80]],
    ['6.10.1', [0xf7, 0xbf, 0xbf, 0xbf]],
    ['6.10.2', [0xfb, 0xbf, 0xbf, 0xbf, 0xbf]],
    ['6.11.5', [0xf4, 0x90, 0x80, 0x80]],
    ['6.12.1', [0x80]],
    ['6.12.2', [0xbf]],
    ['6.12.8', [0x80, 0xbf, 0x80, 0xbf, 0x80, 0xbf, 0xbe]],
    ['6.13.1', [0xc0, 0x20, 0xc1, 0x20]],
    ['6.13.2', [0xe0, 0x20]],
    ['6.13.3', [0xf0, 0x20]],
    ['6.14.1', [0xc0]],
    ['6.14.2', [0xe0, 0x80]],
    ['6.14.3', [0xf0, 0x80, 0x80]],
    ['6.14.6', [0xdf]],
    ['6.14.7', [0xef, 0xbf]],
    ['6.15', [0xc0, 0xe0, 0x80, 0xf0, 0x80, 0x80]],
    ['6.16.1', [0xfe]],
    ['6.16.2', [0xff]],
    ['6.17 overlong slash', [0xc0, 0xaf]],
    ['6.17', [0xe0, 0x80, 0xaf]],
    ['6.17', [0xf0, 0x80, 0x80, 0xaf]],
    ['6.18 overlong', [0xc1, 0xbf]],
    ['6.18', [0xe0, 0x9f, 0xbf]],
    ['6.18', [0xf0, 0x8f, 0xbf, 0xbf]],
    ['6.19 overlong NUL', [0xc0, 0x80]],
    ['6.20 surrogate', [0xed, 0xa0, 0x80]],
    ['6.20 surrogate', [0xed, 0xbf, 0xbf]],
    ['6.21 surrogate pair', [0xed, 0xa0, 0x80, 0xed, 0xb0, 0x80]],
  ];
  test.each(invalid)('%s is refused', (_, text) => {
    expect(run(textFrame(bytes(...text))).end).toMatchObject({ kind: 'failed', code: 1007 });
  });
  test('binary is not looked at', () => passes(run(binaryFrame(bytes(0xff, 0xfe))), bytes(0xff, 0xfe)));
});

describe('7 Close', () => {
  const closed = (parsed: Parsed, code: number | undefined, reason = '') =>
    expect(parsed.end).toEqual({ kind: 'closed', code, reason });

  test('7.1.1 text, then close', () => closed(run(textFrame(HELLO), closeFrame(1000)), 1000));
  test('7.1.2 two closes', () => closed(run(closeFrame(1000), closeFrame(1001)), 1000));
  test('7.1.3 ping after close', () => expect(run(closeFrame(1000), pingFrame('x')).pings).toEqual([]));
  test('7.1.4 text after close', () => expect(run(closeFrame(1000), textFrame(HELLO)).data.length).toBe(0));
  test('7.1.5 close inside a message', () => {
    const parsed = run(textFrame('fragment1', false), closeFrame(1000), continuationFrame('fragment2', true));
    closed(parsed, 1000);
    expect(parsed.data.toString()).toBe('fragment1');
  });
  test('7.1.6 256 KiB, close, ping', () => {
    const parsed = run(textFrame('BAsd7&jh23'.repeat(26_215)), closeFrame(1000), pingFrame());
    closed(parsed, 1000);
    expect(parsed.data.length).toBe(262_150);
  });
  test('7.3.1 empty', () => closed(run(closeFrame()), undefined));
  test('7.3.2 one byte', () => failsWith(run(clientFrame({ opcode: 8, payload: 'a' })), 1002));
  test('7.3.3 code alone', () => closed(run(closeFrame(1000)), 1000));
  test('7.3.4 code and reason', () => closed(run(closeFrame(1000, HELLO)), 1000, HELLO));
  test('7.3.5 the longest reason', () =>
    closed(run(closeFrame(1000, '*'.repeat(123))), 1000, '*'.repeat(123)));
  test('7.3.6 a longer one', () => {
    failsWith(run(clientFrame({ opcode: 8, payload: Buffer.alloc(126, 0x03) })), 1002);
  });
  test('7.5.1 reason that is not UTF-8', () => {
    failsWith(run(closeFrame(1000, bytes(0xce, 0xba, 0xed, 0xa0, 0x80))), 1007);
  });
  test.each([1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999])(
    '7.7 code %i',
    (code) => closed(run(closeFrame(code)), code),
  );
  test.each([0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535])(
    '7.9, 7.13 code %i',
    (code) => {
      failsWith(run(closeFrame(code)), 1002);
      failsWith(run(closeFrame(code, 'reason')), 1002);
    },
  );
});

describe('9, 10 Limits', () => {
  test.each([64, 256, 1024])('9.1, 9.2 a message of %i KiB', (size) => {
    const text = '*'.repeat(size * 1024);
    passes(run(textFrame(text)), text);
    passes(run(binaryFrame(text)), text);
  });
  test.each([64, 256, 1024, 4096])('9.3, 9.4 a message of 256 KiB in fragments of %i', (size) => {
    const text = Buffer.alloc(256 * 1024, '*');
    const frames = [binaryFrame(text.subarray(0, size), false)];
    for (let at = size; at < text.length; at += size) {
      frames.push(continuationFrame(text.subarray(at, at + size), at + size === text.length));
    }
    passes(run(...frames), text);
  });
  test('10.1 fragments of every length form', () => {
    const text = Buffer.alloc(65_536 * 2, '*');
    passes(
      run(textFrame(text.subarray(0, 65_536), false), continuationFrame(text.subarray(65_536), true)),
      text,
    );
  });
});
