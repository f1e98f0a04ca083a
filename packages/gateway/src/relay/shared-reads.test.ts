import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { PassThrough } from 'node:stream';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { shareReads } from './shared-reads.js';

const server = createServer({ pauseOnConnect: true, allowHalfOpen: true });
beforeAll(async () => void (await once(server.listen(0, '127.0.0.1'), 'listening')));
afterAll(() => void server.close());

async function pair(): Promise<{ client: Socket; accepted: Socket }> {
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1');
  const [accepted] = await once(server, 'connection');
  client.resume();
  return { client, accepted };
}

test('accepted sockets of this Node read into the one buffer, and every byte of each arrives', async () => {
  const pairs = [await pair(), await pair(), await pair()];
  const memory = new Set<ArrayBufferLike>();
  await Promise.all(
    pairs.map(async ({ client, accepted }) => {
      const hash = createHash('sha256');
      const shared = shareReads(accepted, (bytes) => {
        memory.add(bytes.buffer);
        hash.update(bytes);
      });
      expect(shared).toBe(true);
      accepted.resume();
      const bytes = randomBytes(4 * 1024 * 1024);
      client.end(bytes);
      await once(accepted, 'end');
      expect(hash.digest('hex')).toBe(createHash('sha256').update(bytes).digest('hex'));
      accepted.destroy();
    }),
  );
  expect(memory.size).toBe(1);
});

test('a paused one reads nothing, and what came before comes first', async () => {
  const { client, accepted } = await pair();
  accepted.unshift(Buffer.from('early '));
  const taken: string[] = [];
  expect(shareReads(accepted, (bytes) => void taken.push(bytes.toString()))).toBe(true);
  accepted.resume();
  accepted.pause();
  client.write('late');
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(taken).toEqual(['early ']);
  accepted.resume();
  client.end();
  await once(accepted, 'end');
  expect(taken).toEqual(['early ', 'late']);
  accepted.destroy();
});

test('other streams are left as they are', () => {
  expect(shareReads(new PassThrough(), () => {})).toBe(false);
});
