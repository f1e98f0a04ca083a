import { CONSOLE_TYPES as CORE_TYPES, protocolOf } from '@remote-consoles/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CONSOLE_FACTS, CONSOLE_TYPES } from './console.js';
import { ClientError, type ClientOptions, RemoteConsolesClient } from './index.js';

interface Heard {
  readonly url: string;
  readonly init: RequestInit;
}

/** A client whose requests are answered by a function, and what it asked. */
function clientOf(
  answer: (request: Heard) => Response | Promise<Response>,
  options: Partial<ClientOptions> = {},
): { client: RemoteConsolesClient; heard: Heard[] } {
  const heard: Heard[] = [];
  const fetch: typeof globalThis.fetch = async (url, init = {}) => {
    const request = { url: String(url), init };
    heard.push(request);
    return answer(request);
  };
  const client = new RemoteConsolesClient({
    endpoint: 'https://cloud.test/v2.1',
    token: 'secret',
    fetch,
    ...options,
  });
  return { client, heard };
}

const json = (body: unknown, status = 200, headers = {}) =>
  new Response(JSON.stringify(body), { status, headers });
const console = { remote_console: { protocol: 'vnc', type: 'novnc', url: 'https://c.test/?path=x' } };
const failure = (promise: Promise<unknown>) =>
  promise.then(
    () => expect.unreachable('it did not fail'),
    (error: unknown) => error as ClientError,
  );

describe('createConsole', () => {
  it('knows the types and protocols of core', () => {
    expect(CONSOLE_TYPES).toEqual(CORE_TYPES);
    for (const type of CONSOLE_TYPES) expect(CONSOLE_FACTS[type].protocol).toBe(protocolOf(type));
  });

  it('asks at the oldest microversion that has the type, with both headers', async () => {
    for (const [type, version] of [
      ['novnc', '2.6'],
      ['webmks', '2.8'],
      ['spice-direct', '2.99'],
    ] as const) {
      const { client, heard } = clientOf(() => json(console));
      await client.createConsole('id/../x', type);
      expect(heard[0]?.url).toBe('https://cloud.test/v2.1/servers/id%2F..%2Fx/remote-consoles');
      expect(heard[0]?.init.headers).toMatchObject({
        'X-Auth-Token': 'secret',
        'OpenStack-API-Version': `compute ${version}`,
        'X-OpenStack-Nova-API-Version': version,
      });
      expect(JSON.parse(String(heard[0]?.init.body))).toEqual({
        remote_console: { protocol: CONSOLE_FACTS[type].protocol, type },
      });
    }
  });

  it('never lets the token follow a redirect, nor the URL a referrer', async () => {
    const { client, heard } = clientOf(() => json(console));
    await client.createConsole('id', 'novnc');
    expect(heard[0]?.init).toMatchObject({
      redirect: 'error',
      credentials: 'omit',
      referrerPolicy: 'no-referrer',
      cache: 'no-store',
    });
  });

  it('asks for a token each time, if it is given a function', async () => {
    let count = 0;
    const { client, heard } = clientOf(() => json(console), { token: async () => `t${++count}` });
    await client.createConsole('id', 'novnc');
    await client.createConsole('id', 'novnc');
    expect(heard.map(({ init }) => (init.headers as Record<string, string>)['X-Auth-Token'])).toEqual([
      't1',
      't2',
    ]);
  });
});

describe('the endpoint', () => {
  it.each([
    'https://cloud.test/v2.1',
    'https://cloud.test/v2.1/',
    'https://cloud.test/v2.1//?x=1#y',
    new URL('https://cloud.test/v2.1'),
  ])('%s', async (endpoint) => {
    const { client, heard } = clientOf(() => json({ server: {} }), { endpoint });
    await client.showServer('a').catch(() => undefined);
    expect(heard[0]?.url).toBe('https://cloud.test/v2.1/servers/a');
  });

  it.each(['cloud.test', 'ftp://cloud.test', ''])('%j is refused', (endpoint) => {
    expect(() => clientOf(() => json({}), { endpoint })).toThrow(TypeError);
  });
});

describe('errors', () => {
  it.each([
    [400, 'bad-request'],
    [401, 'unauthenticated'],
    [403, 'forbidden'],
    [404, 'not-found'],
    [409, 'conflict'],
    [429, 'too-many'],
    [500, 'unavailable'],
    [501, 'not-implemented'],
    [502, 'unavailable'],
    [503, 'unavailable'],
    [418, 'unexpected-answer'],
  ])('%i is %s, with the reason and the request id', async (status, code) => {
    const headers = { 'x-openstack-request-id': 'req-1' };
    const { client } = clientOf(() =>
      json({ aFault: { code: status, message: 'the reason' } }, status, headers),
    );
    const error = await failure(client.createConsole('id', 'novnc'));
    expect(error).toBeInstanceOf(ClientError);
    expect(error).toMatchObject({ code, status, requestId: 'req-1', message: 'the reason' });
  });

  it('an answer of somebody else: a proxy’s page, another API, nothing', async () => {
    for (const [body, status, code] of [
      ['<html>', 502, 'unavailable'],
      ['<html>', 200, 'unexpected-answer'],
      ['', 200, 'unexpected-answer'],
      ['{"remote_console":{"url":1}}', 200, 'unexpected-answer'],
      ['{"choices":[]}', 300, 'unexpected-answer'],
      ['[]', 200, 'unexpected-answer'],
    ] as const) {
      const { client } = clientOf(() => new Response(body, { status }));
      expect(await failure(client.createConsole('id', 'novnc'))).toMatchObject({ code });
    }
  });

  it('any JSON as an answer is understood or refused, by every method', async () => {
    await fc.assert(
      fc.asyncProperty(fc.json(), fc.constantFrom(200, 300, 400, 404, 500), async (body, status) => {
        const { client } = clientOf(() => new Response(body, { status }));
        const calls = [
          client.createConsole('i', 'novnc'),
          client.listServers(),
          client.showServer('i'),
          client.findServer('i'),
          client.readConsoleOutput('i'),
          client.showConnectInfo('i'),
          client.showVersions(),
        ];
        for (const result of await Promise.allSettled(calls)) {
          if (result.status === 'rejected') expect(result.reason).toBeInstanceOf(ClientError);
        }
      }),
    );
  });

  it('no connection', async () => {
    const { client } = clientOf(() => Promise.reject(new TypeError('fetch failed')));
    const error = await failure(client.showConnectInfo('0000-console-token'));
    expect(error).toMatchObject({
      code: 'unreachable',
      message: 'cannot reach the API at https://cloud.test',
    });
  });

  it('no answer in time', async () => {
    const { client } = clientOf(({ init }) => aborted(init.signal), { timeout: 20 });
    expect(await failure(client.showServer('i'))).toMatchObject({
      code: 'timed-out',
      message: 'the API did not answer within 20 ms',
    });
  });

  it('an answer that never ends', async () => {
    const chunk = new Uint8Array(1 << 20);
    const stream = new ReadableStream({ pull: (controller) => controller.enqueue(chunk) });
    const { client } = clientOf(() => new Response(stream));
    expect(await failure(client.showServer('i'))).toMatchObject({ code: 'unexpected-answer' });
  });

  it('the caller’s own abort is passed on as it is', async () => {
    const controller = new AbortController();
    const { client } = clientOf(({ init }) => aborted(init.signal));
    const call = failure(client.showServer('i', { signal: controller.signal }));
    const reason = new Error('the user left');
    controller.abort(reason);
    expect(await call).toBe(reason);
  });

  function aborted(signal: AbortSignal | null | undefined): Promise<Response> {
    return new Promise((_resolve, reject) => {
      if (signal?.aborted) reject(signal.reason);
      signal?.addEventListener('abort', () => reject(signal.reason));
    });
  }
});

describe('listServers', () => {
  const server = (id: string) => ({ id, name: `n${id}`, status: 'ACTIVE', tenant_id: 'p' });

  it('follows pages by their query alone', async () => {
    const { client, heard } = clientOf(({ url }) =>
      url.includes('marker=1')
        ? json({ servers: [server('2')] })
        : json({
            servers: [server('1')],
            servers_links: [{ rel: 'next', href: 'http://evil.test/elsewhere?marker=1' }],
          }),
    );
    expect(await client.listServers()).toEqual([
      { id: '1', name: 'n1', status: 'ACTIVE', projectId: 'p' },
      { id: '2', name: 'n2', status: 'ACTIVE', projectId: 'p' },
    ]);
    expect(heard.map(({ url }) => url)).toEqual([
      'https://cloud.test/v2.1/servers/detail',
      'https://cloud.test/v2.1/servers/detail?marker=1',
    ]);
  });

  it('does not go in circles', async () => {
    const { client, heard } = clientOf(() =>
      json({ servers: [], servers_links: [{ rel: 'next', href: '/servers/detail?marker=1' }] }),
    );
    expect(await client.listServers()).toEqual([]);
    expect(heard).toHaveLength(2);
  });

  it('passes filters on', async () => {
    const { client, heard } = clientOf(() => json({ servers: [] }));
    await client.listServers({ name: 'a b&c', status: 'ACTIVE', allProjects: true });
    expect(heard[0]?.url).toBe(
      'https://cloud.test/v2.1/servers/detail?name=a+b%26c&status=ACTIVE&all_tenants=1',
    );
  });
});

describe('showConnectInfo', () => {
  it.each([
    ['2.99', '2.99'],
    ['2.104', '2.99'],
    ['3.0', '2.99'],
    ['2.98', '2.31'],
    ['2.9', '2.31'],
  ])('an API up to %s is asked at %s', async (max, version) => {
    const { client, heard } = clientOf(({ url }) =>
      url.endsWith('/v2.1/')
        ? json({ version: { min_version: '2.1', version: max } })
        : json({ console: { instance_uuid: 'i', host: 'h', port: 1, internal_access_path: null } }),
    );
    expect(await client.showConnectInfo('t')).toEqual({ serverId: 'i', host: 'h', port: 1 });
    expect(heard.at(-1)?.init.headers).toMatchObject({ 'X-OpenStack-Nova-API-Version': version });
  });
});
