import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SERVERS } from '../test/fixtures/fixture-cloud.js';
import { speak } from '../test/fixtures/raw-socket.js';
import { useCloud } from '../test/fixtures/use-cloud.js';

const fixture = useCloud();
const ID = SERVERS.everything.id;

/** Whatever comes, the answer is one that the API can give, in its own shape (the client checks that). */
const EXPECTED = [200, 300, 400, 401, 403, 404, 405, 406, 409, 410, 413, 415, 501];

const token = fc.constantFrom('admin', 'member', 'reader', 'other', 'unscoped', 'nobody');
const version = fc.oneof(
  fc.constantFrom('2.1', '2.5', '2.6', '2.8', '2.31', '2.99', 'latest', '2.100'),
  fc.string({ unit: 'grapheme-ascii', maxLength: 12 }),
);
const headerValue = fc.string({ unit: 'grapheme-ascii', maxLength: 60 });
const segment = fc.oneof(
  fc.constantFrom(
    'v2.1',
    'v2',
    'console',
    'screenshot',
    'servers',
    'detail',
    'action',
    'remote-consoles',
    'consoles',
    'os-console-auth-tokens',
    ID,
    'd33',
    '',
    '.',
    '..',
    '%00',
    '%2F',
    '%',
    '%zz',
    '__proto__',
  ),
  fc.webSegment(),
);
const path = fc.oneof(
  fc.array(segment, { maxLength: 6 }).map((segments) => `/${segments.join('/')}`),
  fc.constantFrom('', '/remote-consoles', '/action').map((tail) => `/v2.1/servers/${ID}${tail}`),
  fc.constantFrom(`/console/servers/${ID}/screenshot`, '/console/sessions', `/console/sessions/${ID}`),
);
const almostRight = fc.record(
  {
    remote_console: fc.record(
      {
        protocol: fc.oneof(fc.constantFrom('vnc', 'spice', 'serial', 'rdp', 'mks'), fc.jsonValue()),
        type: fc.oneof(
          fc.constantFrom('novnc', 'xvpvnc', 'serial', 'webmks', 'spice-direct'),
          fc.jsonValue(),
        ),
        extra: fc.jsonValue(),
      },
      { requiredKeys: [] },
    ),
    'os-getVNCConsole': fc.jsonValue(),
    'os-getConsoleOutput': fc.oneof(fc.record({ length: fc.jsonValue() }), fc.jsonValue()),
  },
  { requiredKeys: [] },
);
const body = fc.oneof(
  almostRight,
  fc.jsonValue().map((value) => JSON.stringify(value)),
  fc.string({ unit: 'binary' }),
  fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
  fc.constant(undefined),
);

describe('hostile requests', () => {
  it('get an answer of the API’s own, never a 5xx', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('GET', 'POST', 'PUT', 'DELETE', 'HEAD', 'OPTIONS', 'PATCH', 'PROPFIND'),
        path,
        token,
        version,
        fc.record(
          {
            'Content-Type': fc.oneof(
              fc.constantFrom('application/json', 'text/plain', 'text/html'),
              headerValue,
            ),
            Accept: headerValue,
            Host: headerValue,
            'X-OpenStack-Nova-API-Version': headerValue,
            'X-OpenStack-Request-ID': headerValue,
            'X-Forwarded-For': headerValue,
          },
          { requiredKeys: [] },
        ),
        fc.webQueryParameters(),
        body,
        fc.boolean(),
        async (method, target, as, microversion, headers, query, content, chunked) => {
          const answer = await fixture.api.send(method, query === '' ? target : `${target}?${query}`, {
            token: as,
            version: microversion,
            headers,
            body: content,
            chunked,
          });
          expect(EXPECTED).toContain(answer.status);
        },
      ),
      { numRuns: 800 },
    );
  });

  it('bodies for the right path are consoles or mistakes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom('2.6', '2.8', '2.99'), body, async (at, content) => {
        const path = `/v2.1/servers/${ID}/remote-consoles`;
        const answer = await fixture.api.post(path, { token: 'member', version: at, body: content });
        expect([200, 400]).toContain(answer.status);
      }),
      { numRuns: 800 },
    );
  });

  it('raw bytes never hurt the server', async () => {
    const request = `POST /v2.1/servers/${ID}/remote-consoles HTTP/1.1\r\nHost: x\r\nX-Auth-Token: member\r\nOpenStack-API-Version: compute 2.6\r\nContent-Length: 61\r\n\r\n{"remote_console": {"protocol": "vnc", "type": "novnc"}}     `;
    const broken = fc.oneof(
      fc.uint8Array({ minLength: 1, maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
      fc
        .tuple(fc.nat(request.length - 1), fc.uint8Array({ minLength: 1, maxLength: 4 }))
        .map(([at, bytes]) =>
          Buffer.concat([
            Buffer.from(request.slice(0, at)),
            Buffer.from(bytes),
            Buffer.from(request.slice(at + bytes.length)),
          ]),
        ),
      fc.nat(request.length).map((end) => Buffer.from(request.slice(0, end))),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(broken, { minLength: 8, maxLength: 8 }), async (attempts) => {
        const answers = await Promise.all(attempts.map((bytes) => speak(fixture.cloud.port, bytes, 40)));
        for (const heard of answers) {
          if (heard === '') continue;
          expect(heard).toMatch(/^HTTP\/1\.1 [234]\d\d /);
          expect(JSON.parse(heard.split('\r\n\r\n')[1] ?? '')).toBeTypeOf('object');
        }
      }),
      { numRuns: 25 },
    );
    expect((await fixture.api.get('/')).status).toBe(200);
  });

  it('a request may come in any pieces', async () => {
    const request = Buffer.from(
      `POST /v2.1/servers/${ID}/remote-consoles HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX-Auth-Token: member\r\nOpenStack-API-Version: compute 2.6\r\nContent-Length: 56\r\n\r\n{"remote_console": {"protocol": "vnc", "type": "novnc"}}`,
    );
    const { connect } = await import('node:net');
    const pieces = async (at: number) =>
      new Promise<string>((resolve, reject) => {
        let heard = '';
        const socket = connect(fixture.cloud.port, '127.0.0.1', () => {
          socket.setNoDelay(true);
          socket.write(request.subarray(0, at));
          setImmediate(() => socket.write(request.subarray(at)));
        });
        socket.on('data', (chunk) => {
          heard += chunk.toString('latin1');
        });
        socket.on('end', () => resolve(heard));
        socket.on('error', reject);
      });
    for (let at = 1; at < request.length; at++) {
      expect(await pieces(at)).toMatch(/^HTTP\/1\.1 200 [\s\S]*"type":"novnc"/);
    }
  });
});
