import { once } from 'node:events';
import { createServer, get, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from '@remote-consoles/http-api/express';
import { viewerFiles } from '@remote-consoles/viewer';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { viewerPages } from '../src/http/viewer-pages.js';

const files = viewerFiles();
const script = [...files.values()].find(({ path }) => /\/novnc-.+\.js$/.test(path));
const server = createServer(express().use(viewerPages(files)));

beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

async function ask(path: string, acceptEncoding?: string): Promise<IncomingMessage & { size: number }> {
  const { port } = server.address() as AddressInfo;
  const headers = acceptEncoding === undefined ? {} : { 'Accept-Encoding': acceptEncoding };
  const [response] = (await once(get({ host: '127.0.0.1', port, path, headers }), 'response')) as [
    IncomingMessage,
  ];
  let size = 0;
  for await (const chunk of response) size += (chunk as Buffer).length;
  return Object.assign(response, { size });
}

describe('a script of the pages', () => {
  it.each([
    ['gzip, deflate, br, zstd', 'br'],
    ['gzip, deflate', 'gzip'],
    ['br;q=0, gzip', 'gzip'],
    ['identity', undefined],
    [undefined, undefined],
  ])('is sent to who accepts %s as %s', async (accepted, encoding) => {
    const response = await ask(script?.path ?? expect.fail('no script'), accepted);
    expect(response.statusCode).toBe(200);
    expect(response.headers).toMatchObject({
      'content-type': 'text/javascript; charset=utf-8',
      'cache-control': 'public, max-age=31536000, immutable',
      vary: 'Accept-Encoding',
    });
    expect(response.headers['content-encoding']).toBe(encoding);
    expect(response.size).toBe(Number(response.headers['content-length']));
    if (encoding === undefined) expect(response.size).toBeGreaterThan(150_000);
    else expect(response.size).toBeLessThan(60_000);
  });

  it('is not there under the name of its compressed form', async () => {
    expect((await ask(`${script?.path}.br`, 'br')).statusCode).toBe(404);
  });
});

it('a page has its own policy', async () => {
  const response = await ask('/rdp.html', 'br');
  expect(response.headers['content-security-policy']).toContain("script-src 'self' 'wasm-unsafe-eval';");
  expect(response.headers['content-encoding']).toBeUndefined();
  expect((await ask('/vnc_lite.html')).headers['content-security-policy']).toContain("script-src 'self';");
});
