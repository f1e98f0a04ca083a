import type { ServerEvent } from '@remote-consoles/core';
import { LibvirtError, LibvirtErrorCode } from 'libvirt-ts';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { FakeLibvirt, running, uuid } from '../../test/fake-libvirt.js';
import { rememberingLogger } from '../../test/remembering-logger.js';
import { parseHostUri } from './host-uri.js';
import { LibvirtHost } from './libvirt-host.js';

function setUp(libvirt = new FakeLibvirt()) {
  const events: ServerEvent[] = [];
  const logger = rememberingLogger();
  const host = new LibvirtHost(
    {
      name: 'kvm1',
      uri: parseHostUri('qemu:///system')!,
      address: undefined,
      username: undefined,
      password: undefined,
      connectTimeout: 5000,
      callTimeout: 10_000,
    },
    { hypervisor: 'lv', logger, onEvent: (_, event) => events.push(event), open: libvirt.open },
  );
  onTestFinished(() => host.close());
  const hostname = () => host.use((connection) => connection.hostname());
  const opens = () => libvirt.calls.filter((call) => call === 'open').length;
  return { libvirt, host, events, logger, hostname, opens };
}

const unavailable = { code: 'hypervisor-unavailable', message: expect.not.stringContaining('socket') };

describe('LibvirtHost', () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  it('opens one connection for all who ask', async () => {
    const { hostname, opens } = setUp();
    expect(await Promise.all([hostname(), hostname(), hostname()])).toEqual(['fake', 'fake', 'fake']);
    expect(await hostname()).toBe('fake');
    expect(opens()).toBe(1);
  });

  it('refuses at once while it is down, and tries again with growing pauses', async () => {
    const { libvirt, host, hostname, opens, logger } = setUp();
    libvirt.down = true;
    host.start();
    await vi.advanceTimersByTimeAsync(0);
    await expect(hostname()).rejects.toMatchObject(unavailable);
    expect(opens()).toBe(1);
    const attempts: number[] = [];
    for (let second = 1; second <= 120; second++) {
      await vi.advanceTimersByTimeAsync(1000);
      attempts[second] = opens();
    }
    expect(attempts[4]).toBeGreaterThanOrEqual(3); // 0.5, 1, 2 s at most
    expect(attempts[120]! - attempts[60]!).toBeLessThanOrEqual(5); // 15 s at least
    expect(attempts[120]! - attempts[60]!).toBeGreaterThanOrEqual(1);
    expect(logger.lines.filter((line) => line.startsWith('warn'))).toHaveLength(1);
    libvirt.down = false;
    await vi.advanceTimersByTimeAsync(30_000);
    expect(await hostname()).toBe('fake');
  });

  it('connects anew when the connection is lost, and answers who asks meanwhile', async () => {
    const { libvirt, hostname, opens } = setUp();
    await hostname();
    libvirt.hangUp();
    expect(await hostname()).toBe('fake');
    expect(opens()).toBe(2);
  });

  it('asks once more when a call finds the connection dead, and only once', async () => {
    const { libvirt, hostname, opens } = setUp();
    await hostname();
    libvirt.opened[0]!.isOpen = false; // without a word
    expect(await hostname()).toBe('fake');
    expect(opens()).toBe(2);
    libvirt.failure = new LibvirtError({ code: 38, domain: 7, level: 'error', message: 'socket', call: 'c' });
    await expect(hostname()).rejects.toMatchObject(unavailable);
    expect(opens()).toBeLessThanOrEqual(4);
  });

  it('passes on what libvirt refuses, and keeps the connection', async () => {
    const { libvirt, hostname, opens } = setUp();
    await hostname();
    libvirt.failure = new LibvirtError({ code: 29, domain: 10, level: 'error', message: 'no', call: 'c' });
    await expect(hostname()).rejects.toBe(libvirt.failure);
    libvirt.failure = undefined;
    await hostname();
    expect(opens()).toBe(1);
  });

  it('says that it is unavailable when a deadline passes', async () => {
    const { libvirt, hostname } = setUp();
    await hostname();
    const code = LibvirtErrorCode.operationTimeout;
    libvirt.failure = new LibvirtError({ code, domain: 0, level: 'error', message: 'socket', call: 'c' });
    await expect(hostname()).rejects.toMatchObject(unavailable);
  });

  it('tells of events, and after an outage of what it missed', async () => {
    const { libvirt, events, hostname } = setUp();
    const [a, b] = [libvirt.set(1, running), libvirt.set(2, running)];
    await hostname();
    libvirt.emit({ uuid: uuid(3), name: 'c', type: 'started', detail: 'booted' });
    libvirt.emit({ uuid: uuid(3), name: 'c', type: 'stopped', detail: 'crashed' });
    expect(events).toEqual([{ serverId: uuid(3), kind: 'crashed' }]);
    libvirt.domains.delete(a);
    libvirt.hangUp();
    await hostname();
    expect(events.slice(1)).toEqual([{ serverId: a, kind: 'stopped' }]);
    libvirt.emit({ uuid: b, name: 'b', type: 'stopped', detail: 'migrated' });
    expect(events.slice(2)).toEqual([{ serverId: b, kind: 'migrated' }]);
  });

  it('ends for good: nothing is open, nothing is tried', async () => {
    const { libvirt, host, hostname, opens } = setUp();
    await hostname();
    await host.close();
    expect(libvirt.opened.every(({ isOpen }) => !isOpen)).toBe(true);
    await expect(hostname()).rejects.toMatchObject(unavailable);
    await vi.advanceTimersByTimeAsync(120_000);
    expect(opens()).toBe(1);
  });

  it('ends while it is connecting, and leaves no connection', async () => {
    const { libvirt, host, hostname } = setUp();
    let answer = (): void => {};
    libvirt.silence = new Promise((resolve) => {
      answer = resolve;
    });
    const asked = hostname();
    const closed = host.close();
    answer();
    await expect(asked).rejects.toMatchObject(unavailable);
    await closed;
    expect(libvirt.opened.every(({ isOpen }) => !isOpen)).toBe(true);
    await vi.advanceTimersByTimeAsync(120_000);
    expect(libvirt.calls.filter((call) => call === 'open')).toHaveLength(1);
  });
});
