import { afterEach, beforeEach, expect, test } from 'vitest';
import type { FailureLimiter } from '../src/index.js';
import { ConsoleRig } from './support/console-rig.js';
import { echo, TestUpstream } from './support/upstreams.js';
import { handshakeText, rawExchange, statusOf } from './support/viewers.js';

const UNKNOWN = '6f1d1e6c-0b1a-4c3c-9d5a-000000000000';

/** Three in a window that ends when told to. */
class FakeLimiter implements FailureLimiter {
  readonly used = new Map<string, number>();

  async look(key: string) {
    return { remaining: 3 - (this.used.get(key) ?? 0), reset: 41_500 };
  }

  async consume(key: string) {
    this.used.set(key, (this.used.get(key) ?? 0) + 1);
  }
}

let upstream: TestUpstream;
let rig: ConsoleRig;
let limiter: FakeLimiter;

beforeEach(async () => {
  upstream = await TestUpstream.start(echo);
  limiter = new FakeLimiter();
  rig = await new ConsoleRig({
    failedTokens: limiter,
    trustsProxy: (hop) => hop === '127.0.0.1',
  }).listen();
});

afterEach(async () => {
  await rig.close();
  await upstream.close();
});

const serial = () => rig.token({ type: 'serial', transport: upstream.transport });
const from = (address: string) => ({ headers: { 'x-forwarded-for': address, 'x-forwarded-proto': 'http' } });

test('who guesses tokens is told to wait, even with a good one, which stays good', async () => {
  for (let n = 0; n < 3; n++) expect(await statusOf(rig.url(UNKNOWN))).toBe(401);
  const token = await serial();
  const answer = await rawExchange(rig.port, handshakeText(`/?token=${token}`));
  expect(answer).toBe(
    'HTTP/1.1 429 Too Many Requests\r\nRetry-After: 42\r\nConnection: close\r\nContent-Length: 0\r\n\r\n',
  );
  expect(rig.audit.at(-1)).toMatchObject({
    action: 'console.refuse',
    reason: 'rate-limited',
    clientAddress: '127.0.0.1',
  });
  expect(rig.gateway.counters().refused).toEqual({ 401: 3, 429: 1 });
  limiter.used.clear();
  expect(await statusOf(rig.url(token))).toBe(101);
});

test('every way to try a token counts and is closed', async () => {
  const get = (path: string, token: string) =>
    fetch(`http://127.0.0.1:${rig.port}${path}?token=${token}`, { signal: AbortSignal.timeout(2000) });
  for (const path of ['/', '/spice-direct', '/console']) {
    expect((await get(path, UNKNOWN)).status, path).toBe(401);
  }
  for (const path of ['/', '/spice-direct', '/console']) {
    const refused = await get(path, await serial());
    expect(refused.status, path).toBe(429);
    expect(refused.headers.get('retry-after'), path).toBe('42');
  }
  expect(await (await get('/', UNKNOWN)).json()).toEqual({
    error: {
      code: 'rate-limited',
      message: 'too many tokens from this address were not valid; try again in 42 s',
    },
  });
});

test('tokens that are good cost nothing, nor does what fails behind them', async () => {
  for (let n = 0; n < 5; n++) expect(await statusOf(rig.url(await serial()))).toBe(101);
  const once = await rig.token({ type: 'serial', transport: upstream.transport, oneTime: true });
  expect(await statusOf(rig.url(once))).toBe(101);
  expect(await statusOf(rig.url(once))).toBe(403);
  const token = await serial();
  await upstream.close();
  for (let n = 0; n < 5; n++) expect(await statusOf(rig.url(token))).toBe(502);
  expect(limiter.used.size).toBe(0);
  upstream = await TestUpstream.start(echo);
});

test('addresses are told apart, those of one IPv6 network are one', async () => {
  for (const host of ['1', '2', 'ffff:1']) {
    expect(await statusOf(rig.url(UNKNOWN), from(`2001:db8:0:1::${host}`))).toBe(401);
  }
  expect(await statusOf(rig.url(await serial()), from('2001:db8:0:1:a::b'))).toBe(429);
  expect(await statusOf(rig.url(await serial()), from('2001:db8:0:2::1'))).toBe(101);
});
