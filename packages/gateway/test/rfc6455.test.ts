/**
 * The case list of the Autobahn fuzzing client over real sockets. Numbers are Autobahn's. Its server echoes messages;
 * here a console behind the gateway echoes their bytes. Every case is sent in one piece and byte by byte.
 */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  binaryFrame,
  clientFrame,
  closeFrame,
  continuationFrame,
  pingFrame,
  pongFrame,
  textFrame,
} from './support/client-frame.js';
import { ConsoleRig } from './support/console-rig.js';
import { echo, TestUpstream } from './support/upstreams.js';
import { handshakeText } from './support/viewers.js';

let rig: ConsoleRig;
let upstream: TestUpstream;
let url: URL;

beforeAll(async () => {
  rig = await new ConsoleRig({ limits: { sessionsPerServer: 1000, sessionsPerUser: 1000 } }).listen();
  upstream = await TestUpstream.start(echo);
  // The one type that takes text, as a client that types may well send it.
  url = new URL(rig.url(await rig.token({ type: 'serial', transport: upstream.transport })));
});

afterAll(async () => {
  await upstream.close();
  await rig.close();
});

interface ServerFrame {
  readonly opcode: number;
  readonly payload: Buffer;
}

/** A client that knows only bytes, and holds every frame of the server to RFC 6455 §5. */
class Client {
  readonly frames: ServerFrame[] = [];
  readonly ended: Promise<unknown>;
  head = '';
  readonly #socket: Socket;
  #bytes = Buffer.alloc(0);
  #wake: () => void = () => {};

  private constructor(socket: Socket) {
    this.#socket = socket;
    this.ended = once(socket, 'close');
    socket.setNoDelay(true).on('error', () => {});
    socket.on('data', (chunk) => this.#take(chunk));
    socket.on('close', () => this.#wake());
  }

  static async open(headers: Record<string, string> = {}): Promise<Client> {
    const client = new Client(connect(Number(url.port), url.hostname));
    client.#socket.write(handshakeText(`${url.pathname}${url.search}`, headers));
    await client.until(() => client.head.endsWith('\r\n\r\n'));
    expect(client.head).toMatch(/^HTTP\/1\.1 101 /);
    return client;
  }

  get data(): Buffer {
    return Buffer.concat(this.frames.filter(({ opcode }) => opcode === 2).map(({ payload }) => payload));
  }

  get pongs(): string[] {
    return this.frames.filter(({ opcode }) => opcode === 10).map(({ payload }) => payload.toString('latin1'));
  }

  get close(): Buffer | undefined {
    return this.frames.find(({ opcode }) => opcode === 8)?.payload;
  }

  send(bytes: Uint8Array, piece = bytes.length): void {
    for (let at = 0; at < bytes.length; at += piece) this.#socket.write(bytes.subarray(at, at + piece));
  }

  async until(condition: () => boolean): Promise<void> {
    while (!condition()) {
      if (this.#socket.destroyed) throw new Error(`the connection ended; frames: ${this.#summary()}`);
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  #take(chunk: Buffer): void {
    this.#bytes = Buffer.concat([this.#bytes, chunk]);
    const end = this.#bytes.indexOf('\r\n\r\n');
    if (this.head === '' && end >= 0) {
      this.head = this.#bytes.toString('latin1', 0, end + 4);
      this.#bytes = this.#bytes.subarray(end + 4);
    }
    while (this.head !== '' && this.#takeFrame());
    this.#wake();
  }

  #takeFrame(): boolean {
    const bytes = this.#bytes;
    if (bytes.length < 2) return false;
    const [first = 0, short = 0] = bytes;
    expect(first & 0x70, 'reserved bits').toBe(0);
    expect(first & 0x80, 'unfragmented').toBe(0x80);
    expect([2, 8, 9, 10]).toContain(first & 0x0f);
    expect(short, 'unmasked').toBeLessThan(128);
    if ((first & 0x0f) >= 8) expect(short).toBeLessThan(126);
    const header = short < 126 ? 2 : short === 126 ? 4 : 10;
    if (bytes.length < header) return false;
    const length =
      header === 2 ? short : header === 4 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2));
    expect(length, 'shortest form').toBeGreaterThanOrEqual(header === 2 ? 0 : header === 4 ? 126 : 65_536);
    if (bytes.length < header + length) return false;
    this.frames.push({ opcode: first & 0x0f, payload: bytes.subarray(header, header + length) });
    this.#bytes = bytes.subarray(header + length);
    return true;
  }

  #summary(): string {
    return this.frames.map(({ opcode, payload }) => `${opcode}:${payload.length}`).join(' ');
  }
}

/** One octet at a time where that is a case of its own; what is long is cut in larger pieces. */
const pieces = (stream: Buffer) => [stream.length, stream.length > 2000 ? 997 : 1];

/** The frames are answered with these bytes and pongs, and the connection can then be closed in order. */
async function passes(frames: Uint8Array[], data: string | Uint8Array, pongs: string[] = []): Promise<void> {
  const stream = Buffer.concat(frames);
  const expected = Buffer.from(data as string);
  for (const piece of pieces(stream)) {
    const client = await Client.open();
    client.send(stream, piece);
    await client.until(() => client.data.length >= expected.length && client.pongs.length >= pongs.length);
    client.send(closeFrame(1000));
    await client.ended;
    expect(client.data.equals(expected)).toBe(true);
    expect(client.pongs).toEqual(pongs);
    expect(client.close).toEqual(Buffer.of(0x03, 0xe8));
  }
}

/** The server says goodbye with this code and closes the connection; nothing that came after the fault is echoed. */
async function failsWith(code: number, frames: Uint8Array[], atMost = ''): Promise<void> {
  const stream = Buffer.concat(frames);
  for (const piece of pieces(stream)) {
    const client = await Client.open();
    client.send(stream, piece);
    await client.ended;
    expect(client.close?.readUInt16BE(0)).toBe(code);
    expect(atMost.startsWith(client.data.toString())).toBe(true);
    expect(client.frames.at(-1)?.opcode).toBe(8);
  }
}

/** The server answers a close frame with the same code, and closes the connection. */
async function closesWith(answer: Uint8Array, frames: Uint8Array[]): Promise<void> {
  const stream = Buffer.concat(frames);
  for (const piece of pieces(stream)) {
    const client = await Client.open();
    client.send(stream, piece);
    await client.ended;
    expect(client.close).toEqual(Buffer.from(answer));
    expect(client.frames.filter(({ opcode }) => opcode === 8)).toHaveLength(1);
  }
}

const bytes = (...values: number[]) => Uint8Array.from(values);
const codeBytes = (code: number) => bytes(code >> 8, code & 255);
const HELLO = 'Hello, world!';

describe('1 Framing', () => {
  test.each([0, 125, 126, 127, 128, 65_535, 65_536])('1.1, 1.2 text and binary of %i', async (size) => {
    await passes([textFrame('*'.repeat(size))], '*'.repeat(size));
    await passes([binaryFrame(Buffer.alloc(size, 0xfe))], Buffer.alloc(size, 0xfe));
  });
});

describe('2 Pings and pongs', () => {
  test('2.1 without payload', () => passes([pingFrame()], '', ['']));
  test('2.2 with text', () => passes([pingFrame(HELLO)], '', [HELLO]));
  test('2.3, 2.4 with binary, up to 125 bytes', async () => {
    await passes([pingFrame(bytes(0, 255, 254, 253, 0))], '', ['\x00\xff\xfe\xfd\x00']);
    await passes([pingFrame(Buffer.alloc(125, 0xfe))], '', ['\xfe'.repeat(125)]);
  });
  test('2.5 of 126 bytes', () => failsWith(1002, [clientFrame({ opcode: 9, payload: Buffer.alloc(126) })]));
  test('2.7 to 2.9 unsolicited pongs', () =>
    passes([pongFrame(), pongFrame('unsolicited'), pingFrame('payload')], '', ['payload']));
  test('2.10, 2.11 ten', () => {
    const payloads = Array.from({ length: 10 }, (_, i) => `payload-${i}`);
    return passes(
      payloads.map((payload) => pingFrame(payload)),
      '',
      payloads,
    );
  });
});

describe('3 Reserved bits', () => {
  test.each([1, 2, 3, 4, 5, 6, 7])('3.1 to 3.7 RSV %i', async (rsv) => {
    for (const opcode of [1, 2, 8, 9]) {
      await failsWith(
        1002,
        [textFrame(HELLO), clientFrame({ opcode, payload: 'xx', rsv }), pingFrame()],
        HELLO,
      );
    }
  });
});

describe('4 Opcodes', () => {
  test.each([3, 4, 5, 6, 7, 11, 12, 13, 14, 15])('reserved opcode %i', async (opcode) => {
    await failsWith(1002, [clientFrame({ opcode })]);
    await failsWith(1002, [textFrame(HELLO), clientFrame({ opcode, payload: HELLO }), pingFrame()], HELLO);
  });
});

describe('5 Fragmentation', () => {
  test.each([8, 9, 10])('5.1, 5.2 of control frame %i', (opcode) =>
    failsWith(1002, [
      clientFrame({ opcode, payload: 'fragment1', fin: false }),
      continuationFrame('fragment2', true),
    ]),
  );
  test('5.3 to 5.8 two fragments, with and without a ping between them', async () => {
    const [one, two] = [textFrame('fragment1', false), continuationFrame('fragment2', true)];
    await passes([one, two], 'fragment1fragment2');
    await passes([one, pingFrame('ping'), two], 'fragment1fragment2', ['ping']);
  });
  test.each([true, false])('5.9 to 5.17 continuation (FIN %s) with nothing to continue', async (fin) => {
    await failsWith(1002, [continuationFrame('payload', fin), textFrame(HELLO)]);
    await failsWith(
      1002,
      [textFrame('fragment1', false), continuationFrame('fragment2', true), continuationFrame('3', fin)],
      'fragment1fragment2',
    );
  });
  test('5.18 a second text before the first has ended', () =>
    failsWith(1002, [textFrame('fragment1', false), textFrame('fragment2')], 'fragment1'));
  test('5.19, 5.20 five fragments and two pings', () =>
    passes(
      [
        textFrame('1', false),
        continuationFrame('2', false),
        pingFrame('a'),
        continuationFrame('3', false),
        continuationFrame('4', false),
        pingFrame('b'),
        continuationFrame('5', true),
      ],
      '12345',
      ['a', 'b'],
    ));
});

describe('6 UTF-8', () => {
  const kosme = bytes(0xce, 0xba, 0xe1, 0xbd, 0xb9, 0xcf, 0x83, 0xce, 0xbc, 0xce, 0xb5);
  test('6.1 to 6.3 valid text, in fragments that cut characters', async () => {
    await passes([textFrame('', false), continuationFrame('', false), continuationFrame('', true)], '');
    for (const cut of [1, 3, 4]) {
      await passes(
        [textFrame(kosme.subarray(0, cut), false), continuationFrame(kosme.subarray(cut), true)],
        kosme,
      );
    }
  });
  test.each([
    ['6.3 surrogate in the middle', [...kosme, 0xed, 0xa0, 0x80, 0x65]],
    ['6.6 cut short', [0xce, 0xba, 0xe1, 0xbd]],
    ['6.8 five bytes', [0xf8, 0x88, 0x80, 0x80, 0x80]],
    ['6.11 above U+10FFFF', [0xf4, 0x90, 0x80, 0x80]],
    ['6.12 continuation alone', [0x80]],
    ['6.16 never valid', [0xfe]],
    ['6.17 overlong', [0xc0, 0xaf]],
    ['6.21 surrogate pair', [0xed, 0xa0, 0x80, 0xed, 0xb0, 0x80]],
  ])('%s is refused', (_, text) =>
    failsWith(1007, [textFrame(bytes(...text))], '\u03ba\u1f79\u03c3\u03bc\u03b5'),
  );
  test('6.4 invalid text fails before its message has ended', () =>
    failsWith(1007, [textFrame(bytes(0xf4, 0x90), false)]));
  test('binary is not looked at', () => passes([binaryFrame(bytes(0xff, 0xfe))], bytes(0xff, 0xfe)));
});

describe('7 Close', () => {
  test('7.1 what follows a close is not answered', async () => {
    await closesWith(codeBytes(1000), [closeFrame(1000), closeFrame(1001)]);
    await closesWith(codeBytes(1000), [closeFrame(1000), pingFrame('x'), textFrame(HELLO)]);
    await closesWith(codeBytes(1000), [textFrame('fragment1', false), closeFrame(1000)]);
    await closesWith(codeBytes(1000), [
      textFrame('BAsd7&jh23'.repeat(26_215)),
      closeFrame(1000),
      pingFrame(),
    ]);
  });
  test('7.3 empty, code alone, code and reason', async () => {
    await closesWith(bytes(), [closeFrame()]);
    await closesWith(codeBytes(1000), [closeFrame(1000)]);
    await closesWith(codeBytes(1000), [closeFrame(1000, HELLO)]);
    await closesWith(codeBytes(1000), [closeFrame(1000, '*'.repeat(123))]);
  });
  test('7.3.2, 7.3.6 one byte, and too long', async () => {
    await failsWith(1002, [clientFrame({ opcode: 8, payload: 'a' })]);
    await failsWith(1002, [clientFrame({ opcode: 8, payload: Buffer.alloc(126, 0x03) })]);
  });
  test('7.5.1 reason that is not UTF-8', () =>
    failsWith(1007, [closeFrame(1000, bytes(0xce, 0xba, 0xed, 0xa0, 0x80))]));
  test.each([1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999])(
    '7.7 code %i',
    (code) => closesWith(codeBytes(code), [closeFrame(code)]),
  );
  test.each([0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535])(
    '7.9, 7.13 code %i',
    (code) => failsWith(1002, [closeFrame(code)]),
  );
});

describe('9, 10 Limits', () => {
  test.each([64, 256, 1024, 4096])('9.1, 9.2 a message of %i KiB', async (size) => {
    const text = Buffer.alloc(size * 1024, '*');
    await passes([binaryFrame(text)], text);
  });
  test.each([64, 1024, 65_536])('9.3, 9.4 256 KiB in fragments of %i', (size) => {
    const text = Buffer.alloc(256 * 1024, '*');
    const frames = [binaryFrame(text.subarray(0, size), false)];
    for (let at = size; at < text.length; at += size) {
      frames.push(continuationFrame(text.subarray(at, at + size), at + size === text.length));
    }
    return passes(frames, text);
  });
  test('9.7, 10.1 a thousand small messages', () =>
    passes(
      Array.from({ length: 1000 }, () => binaryFrame('0123456789abcdef')),
      '0123456789abcdef'.repeat(1000),
    ));
  test('a frame above the limit is refused by its header', () =>
    failsWith(1009, [bytes(0x82, 0xff, 0, 0, 0, 0, 0x7f, 0, 0, 0, 1, 2, 3, 4)]));
});

describe('12, 13 Compression', () => {
  test('is declined, and a compressed message then a fault', async () => {
    const client = await Client.open({
      'Sec-WebSocket-Extensions': 'permessage-deflate; client_max_window_bits, x-webkit-deflate-frame',
    });
    expect(client.head).not.toMatch(/^sec-websocket-extensions/im);
    client.send(clientFrame({ opcode: 2, rsv: 4, payload: bytes(0xf2, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00) }));
    await client.ended;
    expect(client.close?.readUInt16BE(0)).toBe(1002);
  });
});

describe('masking', () => {
  test('a frame that is not masked is a fault (RFC 6455 §5.1)', () =>
    failsWith(1002, [clientFrame({ opcode: 2, payload: HELLO, mask: null })]));
  test('any mask is taken off, that of zeros too', async () => {
    for (const mask of [bytes(0, 0, 0, 0), bytes(255, 255, 255, 255), bytes(1, 2, 3, 4)]) {
      await passes([clientFrame({ opcode: 2, payload: HELLO, mask })], HELLO);
    }
  });
});
