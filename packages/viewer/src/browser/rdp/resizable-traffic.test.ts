import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ResizableTraffic } from './resizable-traffic.js';

type Bytes = Uint8Array<ArrayBuffer>;

const u16 = (value: number): number[] => [value & 0xff, value >> 8];
const all = (...messages: readonly Bytes[]): number[] => messages.flatMap((message) => [...message]);

function indication(...content: readonly number[]): Bytes {
  const length =
    content.length < 128 ? [content.length] : [0x80 | (content.length >> 8), content.length & 0xff];
  const mcs = [2, 0xf0, 0x80, 0x68, 0, 5, 3, 0xeb, 0x70, ...length, ...content];
  return Uint8Array.of(3, 0, (mcs.length + 4) >> 8, (mcs.length + 4) & 0xff, ...mcs);
}
const share = (type: number, ...body: readonly number[]): Bytes =>
  indication(...u16(body.length + 6), type, 0, 0xee, 3, ...body);
const shareData = (type2: number, size = 4): Bytes =>
  share(0x17, ...[0xea, 3, 1, 0, 0, 1], ...u16(size), ...[type2, 0, 0, 0], ...Array<number>(size).fill(7));

const bare = share(0x16);
const deactivateAll = share(0x16, 0, 0, 0, 0, 1, 0, 0);
const demandActive = share(0x11, 9, 9, 9, 9);
const [synchronize, control, fontMap] = [shareData(31), shareData(20), shareData(40)];
const [drawn, drawnLong] = [shareData(2), shareData(2, 900)];
const fast = Uint8Array.of(0, 6, 3, 1, 0, 0);
const fastLong = Uint8Array.of(0, 0x80, 7, 3, 1, 0, 0);
const channel = indication(5, 0, 0, 0, 3, 0, 0, 0, 1, 2, 3, 4, 5);
const goodbye = Uint8Array.of(3, 0, 0, 9, 2, 0xf0, 0x80, 0x21, 0x80);

const RESIZE = [
  drawn,
  bare,
  demandActive,
  fast,
  drawnLong,
  channel,
  synchronize,
  fastLong,
  control,
  fontMap,
  drawn,
];
const MENDED = all(
  ...[drawn, deactivateAll, demandActive, synchronize, control, fontMap],
  ...[fast, drawnLong, channel, fastLong, drawn],
);

function connectInitial(build: number): Bytes {
  const core = [1, 0xc0, 0xea, 0, 4, 0, 8, 0, 0, 5, 0x2c, 3, 1, 0xca, 3, 0xaa, 9, 4, 0, 0];
  const name = Array<number>(40).fill(0);
  return Uint8Array.of(
    ...[3, 0, 0, 90, 2, 0xf0, 0x80, 0x7f, 0x65],
    ...Buffer.from('Duca'),
    ...[0x81, 0x16],
    ...core,
    ...u16(build),
    0,
    0,
    ...name,
  );
}

function opened(): ResizableTraffic {
  const traffic = new ResizableTraffic();
  traffic.sent(connectInitial(0));
  return traffic;
}

describe('what the library sends', () => {
  it('has a build of a client that can be resized, and is else as it was', () => {
    expect(new ResizableTraffic().sent(connectInitial(0))).toEqual(connectInitial(2600));
    expect(new ResizableTraffic().sent(connectInitial(18_363))).toEqual(connectInitial(18_363));
  });

  it('is left alone before RDP and after its first packet', () => {
    const traffic = new ResizableTraffic();
    const request = Uint8Array.of(0x30, 3, 2, 1, 0);
    expect(traffic.sent(request)).toEqual(request);
    expect(traffic.opened).toBe(false);
    traffic.sent(connectInitial(0));
    expect(traffic.opened).toBe(true);
    expect(traffic.sent(connectInitial(0))).toEqual(connectInitial(0));
  });

  it('may be anything', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        const sent = Uint8Array.of(3, 0, 0x44, 0x75, 0x63, 0x61, ...bytes);
        expect(new ResizableTraffic().sent(sent)).toHaveLength(sent.length);
      }),
    );
  });
});

describe('what the machine sends', () => {
  it('is drawn after the reactivation, whose start has all its fields', () => {
    const traffic = opened();
    expect(all(traffic.received(Uint8Array.from(all(...RESIZE))))).toEqual(MENDED);
    expect(all(traffic.received(Uint8Array.from(all(...RESIZE))))).toEqual(MENDED);
  });

  it('is the same however the bytes are cut', () => {
    const bytes = Uint8Array.from(all(...RESIZE));
    for (let cut = 0; cut <= bytes.length; cut += 1) {
      const traffic = opened();
      const pieces = [bytes.slice(0, cut), bytes.slice(cut)];
      expect(pieces.flatMap((piece) => [...traffic.received(piece)])).toEqual(MENDED);
    }
    const traffic = opened();
    expect([...bytes].flatMap((byte) => [...traffic.received(Uint8Array.of(byte))])).toEqual(MENDED);
  });

  it('is left alone in the first activation, and where nothing is to be mended', () => {
    const first = [demandActive, fast, drawn, synchronize, control, fontMap, channel, goodbye];
    expect(all(opened().received(Uint8Array.from(all(...first))))).toEqual(all(...first));
    const whole = [deactivateAll, demandActive, fontMap];
    expect(all(opened().received(Uint8Array.from(all(...whole))))).toEqual(all(...whole));
  });

  it('is left alone before RDP', () => {
    const answer = Uint8Array.of(0x30, 0x82, 1, 0, 5);
    expect(new ResizableTraffic().received(answer)).toEqual(answer);
  });

  it('ends the connection also where a reactivation never comes', () => {
    const traffic = opened();
    expect(all(traffic.received(Uint8Array.from(all(bare, fast, goodbye))))).toEqual(
      all(deactivateAll, goodbye),
    );
  });

  it('is held up to 64 MiB, then given to the library', () => {
    const traffic = opened();
    traffic.received(bare);
    const large = new Uint8Array(32_000);
    large.set([0, 0x80 | (32_000 >> 8), 32_000 & 0xff]);
    let sent = 0;
    let got = 0;
    while (got === 0 && sent < 70 * 1024 * 1024) {
      got = traffic.received(large).length;
      sent += large.length;
    }
    expect(sent).toBeGreaterThan(64 * 1024 * 1024);
    expect(got).toBe(sent);
    expect(traffic.received(large)).toHaveLength(large.length);
  });

  it('may be anything, and is given on as it is where it is no RDP', () => {
    const bytes = fc.uint8Array({ maxLength: 200 });
    fc.assert(
      fc.property(bytes, bytes, (one, other) => {
        const traffic = opened();
        traffic.received(Uint8Array.from(one));
        traffic.received(Uint8Array.from(other));
      }),
    );
    const html = Uint8Array.from(Buffer.from('HTTP/1.1 400 no such'));
    html[0] = 1;
    expect(opened().received(html)).toEqual(html);
  });
});
