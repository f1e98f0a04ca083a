import type { IncomingMessage, ServerResponse } from 'node:http';
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CREDENTIALS, createAuth, testContext } from '../test/auth-context.js';
import { FakeKeystone } from '../test/fake-keystone.js';
import { KeystoneConnection } from './keystone-connection.js';

let keystone: FakeKeystone;
beforeEach(async () => {
  keystone = await FakeKeystone.start();
  keystone.tokens.set('a-token-to-hide', {});
});
afterEach(() => keystone.stop());

const answer =
  (act: (response: ServerResponse) => unknown) =>
  (_request: IncomingMessage, response: ServerResponse): boolean => {
    act(response);
    return true;
  };

describe('an answer that is none', () => {
  it.each<[string, (response: ServerResponse) => unknown]>([
    ['500', (response) => response.writeHead(500).end('{"token":{}}')],
    ['503', (response) => response.writeHead(503).end()],
    ['429', (response) => response.writeHead(429).end()],
    ['300', (response) => response.writeHead(300).end('{"versions":{}}')],
    ['a redirect', (response) => response.writeHead(302, { location: 'http://127.0.0.1:9/steal' }).end()],
    ['400', (response) => response.writeHead(400).end()],
    ['200 without a body', (response) => response.writeHead(200).end()],
    ['200 with HTML', (response) => response.writeHead(200).end('<html>')],
    ['200 with null', (response) => response.writeHead(200).end('null')],
    ['200 with a list', (response) => response.writeHead(200).end('[]')],
    [
      '200 without a user',
      (response) => response.writeHead(200).end('{"token":{"expires_at":"2100-01-01T00:00:00Z"}}'),
    ],
    ['200 without an end', (response) => response.writeHead(200).end('{"token":{"user":{"id":"u"}}}')],
    [
      '200 with an end that is no time',
      (response) => response.writeHead(200).end('{"token":{"user":{"id":"u"},"expires_at":"soon"}}'),
    ],
    [
      '200 with roles that are none',
      (response) =>
        response
          .writeHead(200)
          .end('{"token":{"user":{"id":"u"},"expires_at":"2100-01-01T00:00:00Z","roles":["admin"]}}'),
    ],
    [
      'half a body',
      (response) => response.writeHead(200, { 'content-length': 100 }).end('{"token"') && response.destroy(),
    ],
    ['a closed socket', (response) => response.destroy()],
    ['silence', () => undefined],
    ['a body that never ends', (response) => response.writeHead(200).write('{')],
    [
      'a body without bound',
      (response) => {
        response.writeHead(200);
        const pour = () => {
          while (!response.destroyed && response.write('x'.repeat(65_536)));
        };
        response.on('drain', pour);
        pour();
      },
    ],
  ])('%s: identity-unavailable, in time, without secrets', async (_what, act) => {
    const context = testContext();
    const auth = await createAuth({ authUrl: keystone.url, timeout: 0.4 }, context);
    keystone.misbehave = (request, response) => request.method === 'GET' && answer(act)(request, response);
    const started = performance.now();
    const failure = await auth.authenticate('a-token-to-hide').catch((error: unknown) => error);
    expect(performance.now() - started).toBeLessThan(2000);
    expect(failure).toMatchObject({
      code: 'identity-unavailable',
      message: 'The Keystone service is temporarily unavailable.',
    });
    const printed = inspect([failure, context.lines], { depth: null });
    for (const secret of ['a-token-to-hide', 'own-token-1', CREDENTIALS.password]) {
      expect(printed).not.toContain(secret);
    }
    await auth.close();
  });
});

describe('the connection', () => {
  const get = { method: 'GET', path: '/auth/tokens', headers: {} } as const;

  it('is kept, and opened again where the other side had closed it', async () => {
    const connection = new KeystoneConnection({ url: keystone.url, timeout: 2000 });
    const ports = new Set<number | undefined>();
    keystone.misbehave = ({ socket }) => {
      ports.add(socket.remotePort);
      return false;
    };
    await connection.send(get);
    await connection.send(get);
    expect(ports.size).toBe(1);
    for (let round = 0; round < 10; round++) {
      keystone.closeIdle();
      expect((await connection.send(get)).status).toBe(401);
    }
    connection.close();
  });

  it('that nobody accepts is identity-unavailable', async () => {
    const url = keystone.url;
    await keystone.stop();
    const connection = new KeystoneConnection({ url, timeout: 1000 });
    await expect(connection.send(get)).rejects.toMatchObject({ code: 'identity-unavailable' });
    keystone = await FakeKeystone.start();
  });
});
