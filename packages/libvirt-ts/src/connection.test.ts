import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { backends, isolations, libvirtPresent } from '../test/libvirt-presence.js';
import { displayDomain, testDomain, testDriverUri } from '../test/test-driver.js';
import { Connection, type ConnectionOptions } from './connection.js';
import type { LifecycleEvent } from './domain-events.js';
import { LibvirtError, LibvirtErrorCode } from './libvirt-error.js';

const variants = backends.flatMap((backend) => isolations.map((isolation) => ({ backend, isolation })));

const rejection = async (promise: Promise<unknown>): Promise<LibvirtError> => {
  const reason: unknown = await promise.then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(reason).toBeInstanceOf(LibvirtError);
  return reason as LibvirtError;
};

describe.skipIf(!libvirtPresent()).each(variants)('Connection: $backend, $isolation', (variant) => {
  let connection: Connection;
  beforeAll(async () => {
    connection = await Connection.open('test:///default', variant);
  });
  afterAll(async () => {
    expect(await connection.close()).toBe(0);
  });

  async function open(uri: string, options: ConnectionOptions = {}): Promise<Connection> {
    const connection = await Connection.open(uri, { ...variant, ...options });
    onTestFinished(async () => {
      await connection.close().catch(() => {});
    });
    return connection;
  }

  it('finds domains by list, UUID and name', async () => {
    const [listed, ...others] = await connection.listDomains();
    expect(others).toEqual([]);
    expect({ uuid: listed?.uuid, name: listed?.name }).toEqual(testDomain);
    expect((await connection.lookupByUUID(testDomain.uuid.toUpperCase())).name).toBe('test');
    expect((await connection.lookupByName('test')).uuid).toBe(testDomain.uuid);
    expect(await connection.listDomains({ only: 'inactive' })).toEqual([]);
    expect(await connection.hostname()).not.toBe('');
    expect(await connection.isAlive()).toBe(true);
  });

  it('gives state, size and description of a domain', async () => {
    const connection = await open(
      testDriverUri({ graphics: `<graphics type='vnc' port='5901' listen='127.0.0.1' passwd='s3cret'/>` }),
    );
    const domain = await connection.lookupByUUID(displayDomain.uuid);
    expect(await domain.getState()).toEqual({ state: 'running', reason: 'unknown' });
    expect(await domain.getInfo()).toMatchObject({ maxMemory: 65536, memory: 65536, cpus: 3 });
    const xml = await domain.getXML();
    expect(xml).toContain(`<uuid>${displayDomain.uuid}</uuid>`);
    expect(xml).not.toContain('s3cret');
    expect(await domain.getXML({ secure: true })).toContain("passwd='s3cret'");
    expect(await domain.describe()).toEqual({ ...displayDomain, state: await domain.getState(), xml });
    expect((await domain.describe({ secure: true })).xml).toContain("passwd='s3cret'");
  });

  it('takes a screenshot and presses keys', async () => {
    const domain = await connection.lookupByName('test');
    const { mimeType, data } = await domain.screenshot();
    expect(mimeType).toBe('image/png');
    expect(Buffer.from(data).subarray(1, 4).toString()).toBe('PNG');
    expect(data.length).toBeGreaterThan(1000);
    await domain.sendKey([29, 56, 111]);
  });

  it('tells of what happens to a domain, in order', async () => {
    const domain = await connection.lookupByName('test');
    const events: LifecycleEvent[] = [];
    connection.on('lifecycle', (event) => events.push(event));
    await domain.suspend();
    expect(await domain.getState()).toEqual({ state: 'paused', reason: 'user' });
    await domain.resume();
    await domain.destroy();
    expect((await domain.getState()).state).toBe('shutoff');
    await domain.create();
    await expect.poll(() => events.length).toBe(4);
    expect(events.map(({ type, detail }) => `${type} ${detail}`)).toEqual([
      'suspended paused',
      'resumed unpaused',
      'stopped destroyed',
      'started booted',
    ]);
    expect(events[0]).toMatchObject(testDomain);
  });

  it('says what libvirt says, each call its own, however many run at a time', async () => {
    const domain = await connection.lookupByName('test');
    const calls = Array.from({ length: 60 }, (_, index) =>
      index % 2 === 0 ? connection.lookupByName(`absent-${index}`) : domain.openGraphics(0),
    );
    const outcomes = await Promise.allSettled(calls);
    for (const [index, outcome] of outcomes.entries()) {
      const { code, call } = (outcome as PromiseRejectedResult).reason as LibvirtError;
      const expected =
        index % 2 === 0
          ? [LibvirtErrorCode.noDomain, 'virDomainLookupByName']
          : [LibvirtErrorCode.noSupport, 'virDomainOpenGraphicsFD'];
      expect([code, call]).toEqual(expected);
    }
  });

  it('refuses what names no domain', async () => {
    for (const uuid of ['', 'test', `${testDomain.uuid}0`, "' or 1=1"]) {
      expect((await rejection(connection.lookupByUUID(uuid))).code).toBe(LibvirtErrorCode.noDomain);
    }
    const error = await rejection(connection.lookupByUUID('00000000-0000-0000-0000-000000000000'));
    expect(error).toMatchObject({ code: 42, level: 'error', call: 'virDomainLookupByUUIDString' });
    expect(error.message).toMatch(/^Domain not found/);
    expect((await rejection(connection.lookupByName('a\0b'))).message).toContain('NUL');
  });

  it('refuses a console where the driver has none', async () => {
    const domain = await connection.lookupByName('test');
    expect((await rejection(domain.openConsole())).code).toBe(LibvirtErrorCode.noSupport);
  });

  it('answers when the driver asks who it is', async () => {
    const auth = `<auth><user password='123456'>bob</user></auth>`;
    const uri = testDriverUri({ auth });
    const connection = await open(uri, { username: 'bob', password: '123456' });
    expect(await connection.listDomains()).toHaveLength(1);
    for (const wrong of [{ username: 'bob', password: 'wrong' }, {}]) {
      const error = await rejection(Connection.open(testDriverUri({ auth }), { ...variant, ...wrong }));
      expect([LibvirtErrorCode.authFailed, LibvirtErrorCode.invalidArgument]).toContain(error.code);
      expect(error.message).not.toContain('123456');
    }
  });

  it('refuses to change anything on a read-only connection', async () => {
    const connection = await open('test:///default', { readOnly: true });
    const domain = await connection.lookupByName('test');
    expect((await rejection(domain.suspend())).code).toBe(LibvirtErrorCode.operationDenied);
    expect((await rejection(domain.getXML({ secure: true }))).code).toBe(LibvirtErrorCode.operationDenied);
  });

  it('says what is wrong with a URI', async () => {
    const error = await rejection(open('qemu+unix:///system?socket=/nonexistent/libvirt-sock'));
    expect(error.connectionLost).toBe(true);
    expect(error.message).toContain('/nonexistent/libvirt-sock');
  });

  it('closes once, leaves nothing behind and then refuses calls', async () => {
    const connection = await open('test:///default');
    const domain = await connection.lookupByName('test');
    let closed = 0;
    connection.on('close', (error) => {
      closed += error === undefined ? 1 : 100;
    });
    const late = domain.screenshot(); // under way when the connection is closed
    const closing = connection.close();
    expect(connection.isOpen).toBe(false);
    expect(connection.close()).toBe(closing);
    expect(await closing).toBe(0);
    expect((await late).mimeType).toBe('image/png');
    expect(closed).toBe(1);
    expect(await connection.isAlive()).toBe(false);
    for (const call of [domain.getXML(), domain.openGraphics(0), connection.listDomains()]) {
      expect(await rejection(call)).toMatchObject({ code: LibvirtErrorCode.invalidConnection });
    }
  });

  it('is disposable', async () => {
    const disposable = await open('test:///default');
    const closed = once(disposable, 'close');
    await disposable[Symbol.asyncDispose]();
    expect(await closed).toEqual([]);
  });
});
