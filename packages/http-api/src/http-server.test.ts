import { IncomingMessage, ServerResponse } from 'node:http';
import { setFlagsFromString } from 'node:v8';
import { runInThisContext } from 'node:vm';
import express from 'express';
import { afterAll, describe, expect, it } from 'vitest';
import { SERVERS } from '../test/fixtures/fixture-cloud.js';
import { speak } from '../test/fixtures/raw-socket.js';
import { fault, UUID, useCloud } from '../test/fixtures/use-cloud.js';
import { createHttpServer } from './http-server.js';

const fixture = useCloud();
const say = (text: string | Buffer) => speak(fixture.cloud.port, text);

/** The last answer in what was heard. */
function parsed(heard: string): { head: string; json: unknown } {
  const [head = '', body = ''] = heard.slice(heard.lastIndexOf('HTTP/1.1')).split('\r\n\r\n');
  return { head, json: JSON.parse(body) };
}

describe('what is not HTTP', () => {
  it.each([
    ['garbage', 'garbage\r\n\r\n'],
    ['a TLS hello', Buffer.from('16030100c8010000c40303', 'hex')],
    ['RFB', 'RFB 003.008\n'],
    ['an unknown method', 'BREW / HTTP/1.1\r\nHost: x\r\n\r\n'],
    ['no Host', 'GET / HTTP/1.1\r\n\r\n'],
    ['a header without a colon', 'GET / HTTP/1.1\r\nHost x\r\n\r\n'],
    ['a NUL in a header', 'GET / HTTP/1.1\r\nHost: x\r\nA: \u0000\r\n\r\n'],
    ['two lengths', 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx'],
    [
      'a length and chunks',
      'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n',
    ],
    ['a negative length', 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n'],
    ['a space in the path', 'GET /a b HTTP/1.1\r\nHost: x\r\n\r\n'],
  ])('%s is answered with 400 and the connection ends', async (_what, bytes) => {
    const heard = await say(bytes);
    expect(heard).toMatch(/^HTTP\/1\.1 400 /);
    expect(heard).toMatch(/\r\nconnection: close\r\n/i);
    expect(parsed(heard).json).toMatchObject({ badRequest: { code: 400 } });
  });

  it('the answer is a fault with a request id', async () => {
    const { head, json } = parsed(await say('garbage\r\n\r\n'));
    expect(json).toEqual(fault('badRequest', 400, 'The request is not valid HTTP.'));
    expect(head).toMatch(new RegExp(`\r\nx-openstack-request-id: req-${UUID}\r\n`));
    expect(head).toContain('\r\nContent-Type: application/json; charset=UTF-8\r\n');
  });

  it('headers beyond 16 KiB are 431', async () => {
    const { head, json } = parsed(await say(`GET / HTTP/1.1\r\nHost: x\r\nA: ${'x'.repeat(20_000)}\r\n\r\n`));
    expect(head).toMatch(/^HTTP\/1\.1 431 /);
    expect(json).toEqual(
      fault('computeFault', 431, 'Request headers are too large. Larger than 16384 bytes.'),
    );
  });

  it('garbage after a good request ends the connection and answers nothing more', async () => {
    const heard = await say('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    expect(heard).toMatch(/^HTTP\/1\.1 200 /);
    const both = await say('GET / HTTP/1.1\r\nHost: x\r\n\r\n\u0001\u0002\r\n\r\n');
    expect(both.match(/HTTP\/1\.1 \d{3}/g)?.length ?? 0).toBeLessThanOrEqual(1);
  });

  it('a chunk that is none ends the request', async () => {
    const path = `/v2.1/servers/${SERVERS.everything.id}/remote-consoles`;
    const head = `POST ${path} HTTP/1.1\r\nHost: x\r\nX-Auth-Token: member\r\nOpenStack-API-Version: compute 2.6\r\n`;
    const heard = await say(`${head}Transfer-Encoding: chunked\r\n\r\nzz\r\n`);
    expect(heard).toMatch(/^HTTP\/1\.1 400 /);
    expect(parsed(heard).json).toMatchObject({ badRequest: { code: 400 } });
  });
});

describe('unusual but valid HTTP', () => {
  it.each([
    ['HTTP/1.0 without Host', 'GET / HTTP/1.0\r\n\r\n', 200],
    ['an absolute target', 'GET http://elsewhere/v2.1 HTTP/1.1\r\nHost: x\r\n\r\n', 200],
    ['OPTIONS *', 'OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n', 300],
    ['an expectation', 'GET / HTTP/1.1\r\nHost: x\r\nExpect: miracles\r\n\r\n', 200],
    ['an upgrade', 'GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n', 200],
    ['many headers', `GET / HTTP/1.1\r\nHost: x\r\n${'A: b\r\n'.repeat(200)}\r\n`, 200],
  ])('%s', async (_what, bytes, status) => {
    const { head, json } = parsed(await say(bytes));
    expect(head).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(json).toBeTypeOf('object');
  });

  it('two requests in one go are answered in order', async () => {
    const heard = await say('GET / HTTP/1.1\r\nHost: x\r\n\r\nGET /v2.1 HTTP/1.1\r\nHost: x\r\n\r\n');
    expect(heard.match(/HTTP\/1\.1 200|"versions"|"version":\{/g)).toEqual([
      'HTTP/1.1 200',
      '"versions"',
      'HTTP/1.1 200',
      '"version":{',
    ]);
  });

  it('a client that leaves in the middle of its body harms nobody', async () => {
    const path = `/v2.1/servers/${SERVERS.everything.id}/remote-consoles`;
    const head = `POST ${path} HTTP/1.1\r\nHost: x\r\nX-Auth-Token: member\r\nContent-Length: 100\r\n\r\n{"remote`;
    await Promise.all(Array.from({ length: 20 }, () => speak(fixture.cloud.port, head, 20)));
    expect((await fixture.api.get('/')).status).toBe(200);
  });
});

/** V8's own word for it. */
function hasFastProperties(object: object): boolean {
  setFlagsFromString('--allow-natives-syntax');
  const ask: (object: object) => boolean = runInThisContext('(object) => %HasFastProperties(object)');
  try {
    return ask(object);
  } finally {
    setFlagsFromString('--no-allow-natives-syntax');
  }
}

describe('createHttpServer', () => {
  const app = express();
  const server = createHttpServer(app);
  const url = new Promise<string>((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve(`http://127.0.0.1:${typeof address === 'object' ? address?.port : address}`);
    });
  });
  afterAll(() => {
    server.close();
  });

  it('makes requests and responses that are Express’s from birth', async () => {
    let prototypes: unknown[] = [];
    server.once('request', (request, response) => {
      prototypes = [Object.getPrototypeOf(request), Object.getPrototypeOf(response)];
    });
    app.get('/born', (request, response) => {
      response.json([request instanceof IncomingMessage, response instanceof ServerResponse, request.ip]);
    });
    expect(await (await fetch(`${await url}/born`)).json()).toEqual([true, true, '127.0.0.1']);
    expect(prototypes).toEqual([app.request, app.response]);
  });

  it('keeps them out of V8’s slow dictionary mode, which costs half as much again for a request', async () => {
    app.get('/fast', (request, response) => {
      response.json([hasFastProperties(request), hasFastProperties(response)]);
    });
    expect(await (await fetch(`${await url}/fast`)).json()).toEqual([true, true]);
  });

  it('serves any Express application: routers, errors, large answers', async () => {
    const router = express.Router();
    router.get('/large', (_request, response) => response.send('x'.repeat(1_000_000)));
    router.get('/broken', () => {
      throw new Error('on purpose');
    });
    app.set('env', 'test');
    app.use('/sub', router);
    expect(await (await fetch(`${await url}/sub/large`)).text()).toHaveLength(1_000_000);
    expect((await fetch(`${await url}/sub/broken`)).status).toBe(500);
    expect((await fetch(`${await url}/nowhere`)).status).toBe(404);
  });

  it('says nothing of Express and makes no ETags', async () => {
    const { headers } = await fetch(`${await url}/born`);
    expect(headers.has('x-powered-by')).toBe(false);
    expect(headers.has('etag')).toBe(false);
  });

  it('has deadlines', () => {
    expect(server).toMatchObject({
      headersTimeout: 10_000,
      requestTimeout: 30_000,
      keepAliveTimeout: 65_000,
    });
  });
});
