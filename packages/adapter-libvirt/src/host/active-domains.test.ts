import type { LifecycleEvent } from 'libvirt-ts';
import { describe, expect, it } from 'vitest';
import { ActiveDomains } from './active-domains.js';

const event = (uuid: string, type: LifecycleEvent['type'], detail = ''): LifecycleEvent => ({
  uuid,
  name: uuid,
  type,
  detail,
});
const list =
  (...uuids: string[]) =>
  async () =>
    uuids.map((uuid) => ({ uuid }));

describe('ActiveDomains', () => {
  it('tells what stopped while the host was out of sight', async () => {
    const domains = new ActiveDomains();
    expect(await domains.refresh(list('a', 'b', 'c'))).toEqual([]);
    domains.follow(event('b', 'stopped', 'destroyed'));
    domains.follow(event('d', 'started', 'booted'));
    expect(await domains.refresh(list('c'))).toEqual([
      { serverId: 'a', kind: 'stopped' },
      { serverId: 'd', kind: 'stopped' },
    ]);
    expect(await domains.refresh(list('c'))).toEqual([]);
  });

  it('believes an event more than a list that may be older', async () => {
    const domains = new ActiveDomains();
    await domains.refresh(list('a', 'b'));
    const ended = await domains.refresh(async () => {
      domains.follow(event('a', 'stopped', 'crashed'));
      domains.follow(event('c', 'started', 'booted'));
      return [{ uuid: 'a' }, { uuid: 'b' }];
    });
    expect(ended).toEqual([]); // the event has told it
    expect(await domains.refresh(list('b'))).toEqual([{ serverId: 'c', kind: 'stopped' }]);
  });

  it('knows nothing new when the list cannot be had', async () => {
    const domains = new ActiveDomains();
    await domains.refresh(list('a'));
    const failure = new Error('down');
    await expect(domains.refresh(() => Promise.reject(failure))).rejects.toBe(failure);
    expect(await domains.refresh(list())).toEqual([{ serverId: 'a', kind: 'stopped' }]);
  });

  it('calls a server deleted only when its domain does not run on without a definition', async () => {
    const domains = new ActiveDomains();
    await domains.refresh(list('a'));
    expect(domains.follow(event('a', 'undefined', 'removed'))).toBeUndefined();
    expect(domains.follow(event('a', 'stopped', 'destroyed'))).toEqual({ serverId: 'a', kind: 'stopped' });
    expect(domains.follow(event('a', 'undefined', 'removed'))).toEqual({ serverId: 'a', kind: 'deleted' });
    expect(domains.follow(event('x', 'undefined', 'removed'))).toEqual({ serverId: 'x', kind: 'deleted' });
  });
});
