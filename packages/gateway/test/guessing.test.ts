import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type ConsoleRig, withRig } from './support/console-rig.js';
import { echo, TestUpstream } from './support/upstreams.js';
import { openViewer, statusOf } from './support/viewers.js';

let upstream: TestUpstream;
beforeEach(async () => {
  upstream = await TestUpstream.start(echo);
});
afterEach(async () => upstream.close());

const good = async (rig: ConsoleRig) =>
  rig.url(await rig.token({ type: 'serial', transport: upstream.transport }));
const from = (address: string) => ({ headers: { 'x-forwarded-for': address } });
const behindProxy = { trustsProxy: (address: string) => address === '127.0.0.1' };

test('an address that presents unknown tokens again and again waits, by whichever door, and no other does', async () => {
  await withRig({ ...behindProxy, limits: { unknownTokensPerAddress: 3 } }, async (rig) => {
    const viewer = await openViewer(await good(rig), from('192.0.2.1'));
    const page = (path: string) =>
      fetch(`http://127.0.0.1:${rig.port}${path}?token=${randomUUID()}`, from('192.0.2.1'));
    expect(await statusOf(rig.url(randomUUID()), from('192.0.2.1'))).toBe(401);
    expect((await page('/')).status).toBe(401);
    expect((await page('/spice-direct')).status).toBe(401);
    const refused = await page('/');
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThanOrEqual(19);
    expect(await refused.json()).toMatchObject({ error: { code: 'limit-exceeded' } });
    expect(await statusOf(await good(rig), from('192.0.2.1'))).toBe(429);
    expect(rig.audit.at(-1)).toMatchObject({
      action: 'console.refuse',
      reason: 'limit-exceeded',
      clientAddress: '192.0.2.1',
    });
    expect(await statusOf(await good(rig), from('192.0.2.2'))).toBe(101);
    viewer.socket.send('alive');
    expect((await viewer.reader.read(5)).toString()).toBe('alive');
    viewer.socket.terminate();
  });
});

test('good tokens, spent ones and consoles that cannot be reached are no guesses', async () => {
  await withRig({ limits: { unknownTokensPerAddress: 1 } }, async (rig) => {
    const once = rig.url(await rig.token({ type: 'serial', transport: upstream.transport, oneTime: true }));
    expect(await statusOf(once)).toBe(101);
    expect(await statusOf(once)).toBe(403);
    rig.failure = new Error('no hypervisor');
    expect(await statusOf(await good(rig))).toBe(500);
    rig.failure = undefined;
    expect(await statusOf(await good(rig))).toBe(101);
  });
});

test('hosts of one IPv6 network are one', async () => {
  await withRig({ ...behindProxy, limits: { unknownTokensPerAddress: 1 } }, async (rig) => {
    expect(await statusOf(rig.url(randomUUID()), from('2001:db8::1'))).toBe(401);
    expect(await statusOf(await good(rig), from('2001:db8::2'))).toBe(429);
    expect(await statusOf(await good(rig), from('2001:db8:0:1::1'))).toBe(101);
  });
});
