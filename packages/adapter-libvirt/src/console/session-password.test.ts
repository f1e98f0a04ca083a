import { describe, expect, it } from 'vitest';
import { parseDomainXml } from '../domain/parse-domain-xml.js';
import { readXml } from '../domain/xml-element.js';
import type { FoundDomain } from '../host/domain-search.js';
import type { LibvirtHost } from '../host/libvirt-host.js';
import { displayOf } from './display-console.js';
import { SessionPasswords } from './session-password.js';

const now = Date.UTC(2026, 0, 31, 12);

function setUp(graphics: string, type: 'vnc' | 'spice' = 'vnc') {
  const updates: string[] = [];
  const connection = { domain: () => ({ updateDevice: async (xml: string) => void updates.push(xml) }) };
  const at = {
    ask: (work: (given: typeof connection) => unknown) => work(connection),
  } as unknown as LibvirtHost;
  const description = parseDomainXml(
    `<domain><name>n</name><uuid>u</uuid><devices>${graphics}</devices></domain>`,
  );
  const domain: FoundDomain = {
    at,
    host: 'kvm1',
    state: { state: 'running', reason: 'booted' },
    description,
  };
  const display = displayOf(description, type);
  if (!display) throw new Error('no display');
  return { passwords: new SessionPasswords(() => now), domain, display, updates };
}

const listen = `<listen type='address' address='10.0.0.7'/>`;

describe('SessionPasswords', () => {
  it('sets a password of eight characters for two minutes, and changes nothing else', async () => {
    const { passwords, domain, display, updates } = setUp(
      `<graphics type='vnc' port='5900' autoport='yes' passwd='fixed&lt;'>${listen}</graphics>`,
    );
    const { password, passwordValidTo } = await passwords.refresh(domain, display);
    expect(password?.reveal()).toMatch(/^[A-Za-z0-9]{8}$/);
    expect(passwordValidTo).toBe(now + 120_000);
    const [update = ''] = updates;
    const element = readXml(update);
    expect(element.attribute('passwd')).toBe(password?.reveal());
    expect(element.attribute('passwdValidTo')).toBe('2026-01-31T12:02:00');
    expect(element.attribute('port')).toBe('5900');
    expect(element.attribute('autoport')).toBe('yes');
    expect(element.child('listen')?.attribute('address')).toBe('10.0.0.7');
    expect(updates).toHaveLength(1);
  });

  it('sets longer ones for SPICE, and another one each time', async () => {
    const { passwords, domain, display } = setUp(`<graphics type='spice' port='1' passwd='fixed'/>`, 'spice');
    const first = await passwords.refresh(domain, display);
    const second = await passwords.refresh(domain, display);
    expect(first.password?.reveal()).toMatch(/^[A-Za-z0-9]{32}$/);
    expect(second.password?.reveal()).not.toBe(first.password?.reveal());
  });

  it('is set once for those who ask at the same time', async () => {
    const { passwords, domain, display, updates } = setUp(`<graphics type='vnc' port='1' passwd='fixed'/>`);
    const all = await Promise.all([1, 2, 3].map(() => passwords.refresh(domain, display)));
    expect(new Set(all.map(({ password }) => password?.reveal())).size).toBe(1);
    expect(updates).toHaveLength(1);
  });

  it('keeps one that somebody has set and that is valid for a while', async () => {
    const graphics = (validTo: string): string =>
      `<graphics type='vnc' port='1' passwd='set-8chr' passwdValidTo='${validTo}'/>`;
    const valid = setUp(graphics('2026-01-31T12:01:30'));
    expect((await valid.passwords.refresh(valid.domain, valid.display)).password?.reveal()).toBe('set-8chr');
    expect(valid.updates).toEqual([]);
    const ending = setUp(graphics('2026-01-31T12:00:59'));
    expect((await ending.passwords.refresh(ending.domain, ending.display)).password?.reveal()).not.toBe(
      'set-8chr',
    );
    expect(ending.updates).toHaveLength(1);
  });

  it('leaves a display alone that has no password: QEMU cannot give it one', async () => {
    const { passwords, domain, display, updates } = setUp(`<graphics type='vnc' port='1'/>`);
    expect(await passwords.refresh(domain, display)).toBe(display);
    expect(updates).toEqual([]);
  });

  it('says so when libvirt refuses', async () => {
    const { passwords, domain, display } = setUp(`<graphics type='vnc' port='1' passwd='fixed'/>`);
    const failure = new Error('refused');
    const refusing = { ...domain, at: { ask: () => Promise.reject(failure) } as unknown as LibvirtHost };
    await expect(passwords.refresh(refusing, display)).rejects.toBe(failure);
    expect((await passwords.refresh(domain, display)).passwordValidTo).toBe(now + 120_000);
  });
});
