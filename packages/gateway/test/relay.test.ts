import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { WebSocket } from 'ws';
import { ConsoleRig, streamsOf } from './support/console-rig.js';
import { echo, TestUpstream } from './support/upstreams.js';
import { closeOf, openViewer, readerOf, until } from './support/viewers.js';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const thing of open.splice(0).reverse()) await thing.close();
});

async function rigWith(options: ConstructorParameters<typeof ConsoleRig>[0] = {}): Promise<ConsoleRig> {
  const rig = await new ConsoleRig(options).listen();
  open.push(rig);
  return rig;
}

async function upstreamWith(serve: (socket: Socket) => void): Promise<TestUpstream> {
  const upstream = await TestUpstream.start(serve);
  open.push(upstream);
  return upstream;
}

function digestOf(bytes: Iterable<Uint8Array>): string {
  const hash = createHash('sha256');
  for (const piece of bytes) hash.update(piece);
  return hash.digest('hex');
}

/** Sends so many bytes in frames of random size and returns their digest. */
async function sendRandom(viewer: WebSocket, total: number): Promise<string> {
  const sent: Buffer[] = [];
  for (let left = total; left > 0; ) {
    const scale = Math.random() < 0.5 ? 200 : 150_000;
    const bytes = randomBytes(Math.min(left, 1 + Math.floor(Math.random() * scale)));
    left -= bytes.length;
    sent.push(bytes);
    viewer.send(bytes);
    if (viewer.bufferedAmount > 1_000_000) await until(() => viewer.bufferedAmount < 100_000);
  }
  return digestOf(sent);
}

test('every byte arrives, both ways at once, in several sessions', async () => {
  const rig = await rigWith();
  const upstream = await upstreamWith(echo);
  const size = 8 * 1024 * 1024;
  await Promise.all(
    [1, 2, 3].map(async () => {
      const viewer = await openViewer(
        rig.url(await rig.token({ type: 'serial', transport: upstream.transport })),
      );
      const got = createHash('sha256');
      let length = 0;
      viewer.on('message', (data: Buffer, isBinary) => {
        expect(isBinary).toBe(true);
        got.update(data);
        length += data.length;
      });
      const sent = await sendRandom(viewer, size);
      await until(() => length >= size, 30_000);
      expect(got.digest('hex')).toBe(sent);
      viewer.close();
    }),
  );
  await until(() => rig.gateway.counters().sessions === 0);
  expect(rig.gateway.counters()).toMatchObject({
    bytesDown: 3 * size,
    bytesUp: 3 * size,
    sessionsOpened: 3,
    faults: 0,
  });
  expect(rig.audit.filter((event) => event.action === 'console.close')).toHaveLength(3);
});
