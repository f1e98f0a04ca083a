import {
  encodeConnectionRequest,
  encodeRdCleanPathRequest,
  maximumRdCleanPathRequestLength,
  parseRdCleanPathAnswer,
} from '@remote-consoles/rdp-tunnel';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  coreData,
  mcsConnectInitial,
  networkData,
  securityData,
} from '../../../rdp-tunnel/test/mcs-connect-initial-pdu.js';
import { ViewerLeft } from '../handshake/opening.js';
import type { ViewerChannel, ViewerReceiver } from '../relay/viewer-channel.js';
import { RdpViewer } from './rdp-viewer.js';

const request = encodeRdCleanPathRequest({
  destination: 'anywhere',
  proxyAuth: 'anything',
  x224ConnectionRequest: encodeConnectionRequest({ requestedProtocols: 1, flags: 0 }),
});
const connectInitial = mcsConnectInitial(coreData(1), securityData, networkData);

class FakeChannel implements ViewerChannel {
  readonly hearsReasons = true;
  readonly answersPings = true;
  readonly bytesRead = 0;
  readonly flushes = 0;
  readonly pending = false;
  paused = false;
  receiver: ViewerReceiver | undefined;
  readonly sent: Uint8Array[] = [];
  readonly closes: number[] = [];

  attach(receiver: ViewerReceiver): void {
    this.receiver = receiver;
  }

  send(buffer: Buffer, start: number, length: number): boolean {
    this.sent.push(Uint8Array.from(buffer.subarray(start, start + length)));
    return true;
  }

  pause(): void {
    this.paused = true;
  }

  resume(): void {
    this.paused = false;
  }

  ping(): void {}

  close(code: number): void {
    this.closes.push(code);
  }

  destroy(): void {}

  /** As a socket does: what comes after a pause waits. */
  say(pieces: readonly Uint8Array[]): number {
    let heard = 0;
    for (const piece of pieces) {
      if (this.paused) break;
      this.receiver?.viewerBytes(Buffer.from(piece));
      heard += piece.length;
    }
    return heard;
  }
}

function greeted() {
  const channel = new FakeChannel();
  const left: Error[] = [];
  return { channel, left, viewer: new RdpViewer(channel, (error) => left.push(error)) };
}

/** Cuts at these places, taken modulo the length. */
function cut(bytes: Uint8Array, places: readonly number[]): Uint8Array[] {
  const borders = [0, ...places.map((place) => place % bytes.length).sort((a, b) => a - b), bytes.length];
  return borders.slice(1).map((end, i) => bytes.slice(borders[i], end));
}

const everywhere = (bytes: Uint8Array) => Array.from(bytes, (_, i) => i);
const places = fc.array(fc.nat(1000), { maxLength: 6 });

describe('RdpViewer', () => {
  it('understands a request and a first RDP message in pieces of any size', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(places, fc.constant(everywhere(request))),
        fc.oneof(places, fc.constant(everywhere(connectInitial))),
        fc.uint8Array({ maxLength: 20 }),
        async (requestCuts, initialCuts, more) => {
          const { channel, left, viewer } = greeted();
          const asked = viewer.request();
          channel.say(cut(request, requestCuts));
          await asked;
          const first = viewer.connectInitial(2);
          const stream = Uint8Array.from([...connectInitial, ...more]);
          const heard = channel.say(cut(stream, initialCuts));
          const expected = Uint8Array.from(stream.subarray(0, heard));
          expected[connectInitial.indexOf(1, 250)] = 2;
          expect((await first).length).toBe(heard);
          expect(channel.paused).toBe(true);
          expect(left).toEqual([]);
          expect(channel.closes).toEqual([]);
          const changed = Uint8Array.from(await first).filter((byte, i) => byte !== stream[i]);
          expect(changed).toEqual(Uint8Array.of(2));
        },
      ),
      { numRuns: 100 },
    );
  });

  const endsWell = (channel: FakeChannel, left: readonly Error[]): void => {
    if (left.length === 0) return;
    expect(left).toHaveLength(1);
    expect(left[0]).toBeInstanceOf(ViewerLeft);
    expect(channel.closes).toEqual([1002]);
    for (const answer of channel.sent) expect(parseRdCleanPathAnswer(answer).kind).toMatch(/-error$/);
  };

  it('takes any bytes for a request or closes with a refusal, once, and holds no more than a request has', () => {
    const noise = fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 20 });
    const spoilt = fc
      .array(fc.tuple(fc.nat(request.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 })
      .map((changes) => {
        const bytes = request.slice();
        for (const [at, value] of changes) bytes[at] = value;
        return [bytes];
      });
    fc.assert(
      fc.property(fc.oneof(noise, spoilt), (pieces) => {
        const { channel, left, viewer } = greeted();
        void viewer.request();
        channel.say(pieces);
        endsWell(channel, left);
        const longest = maximumRdCleanPathRequestLength + 300;
        if (pieces.flatMap((piece) => [...piece]).length > longest) expect(left).toHaveLength(1);
      }),
      { numRuns: 500 },
    );
  });

  it('takes any bytes for the first RDP message or closes, and sends no answer into RDP', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 20 }), async (pieces) => {
        const { channel, left, viewer } = greeted();
        const asked = viewer.request();
        channel.say([request]);
        await asked;
        void viewer.connectInitial(1);
        channel.say(pieces);
        endsWell(channel, left);
        expect(channel.sent).toEqual([]);
      }),
    );
  });

  it('never keeps what is announced as longer than a request', () => {
    fc.assert(
      fc.property(fc.integer({ min: maximumRdCleanPathRequestLength, max: 0xffff_ffff }), (length) => {
        const { channel, left, viewer } = greeted();
        void viewer.request();
        const head = Buffer.alloc(6, 0x30);
        head[1] = 0x84;
        head.writeUInt32BE(length, 2);
        channel.say([head]);
        expect(left).toHaveLength(1);
        endsWell(channel, left);
      }),
    );
  });

  it('does not listen to a viewer that it has closed', () => {
    const { channel, left, viewer } = greeted();
    void viewer.request();
    channel.say([Uint8Array.of(1), request, request]);
    channel.receiver?.viewerEnded(1006);
    expect(left).toHaveLength(1);
    expect(channel.sent).toHaveLength(1);
  });
});
