import { setTimeout as delay } from 'node:timers/promises';
import type { Server, ServerEvent } from '@remote-consoles/core';
import { describe, expect, it, onTestFinished } from 'vitest';
import { FakeLibvirt, running, shutOff, uuid } from '../test/fake-libvirt.js';
import { rememberingLogger } from '../test/remembering-logger.js';
import { parseHostUri } from './host/host-uri.js';
import { LibvirtHypervisor } from './libvirt-hypervisor.js';

const vnc = `<graphics type='vnc' port='5901' listen='127.0.0.1'/>`;
const owned = `<rc:server xmlns:rc='urn:remote-consoles:server:1' project='p1'/>`;

function setUp({ uris = ['qemu:///system'], strict = false } = {}) {
  const hosts = uris.map((uri, index) => ({ uri, name: `kvm${index + 1}`, libvirt: new FakeLibvirt() }));
  const logger = rememberingLogger();
  const hypervisor = new LibvirtHypervisor({
    name: 'lv',
    hosts: hosts.map(({ name, uri }) => ({
      name,
      uri: parseHostUri(uri)!,
      address: undefined,
      username: undefined,
      password: undefined,
      connectTimeout: 1000,
      callTimeout: 1000,
    })),
    defaultProject: strict ? undefined : 'p0',
    tls: { settings: { trust: { kind: 'system' } }, required: false },
    displayPasswords: 'domain',
    serialSecondUser: 'refuse',
    clock: { now: () => Date.now() },
    logger,
    open: (uri) => hosts.find((host) => host.uri === uri)!.libvirt.open(),
  });
  onTestFinished(() => hypervisor.close());
  const events: ServerEvent[] = [];
  hypervisor.watch((event) => events.push(event));
  return {
    hypervisor,
    logger,
    events,
    libvirts: hosts.map(({ libvirt }) => libvirt) as [FakeLibvirt, FakeLibvirt],
  };
}

const two = { uris: ['qemu:///one', 'qemu:///two'] };
const unavailable = { code: 'hypervisor-unavailable' };
const as = (server: Server | undefined): Server => {
  if (!server) throw new Error('no such server');
  return server;
};

describe('servers', () => {
  it('are domains, by UUID', async () => {
    const { hypervisor, libvirts } = setUp();
    const id = libvirts[0].set(1, running, vnc, owned);
    expect(await hypervisor.findServer(id)).toEqual({
      id,
      name: 'domain-1',
      projectId: 'p1',
      host: 'kvm1',
      vmState: 'active',
    });
    expect(await hypervisor.findServer(uuid(2))).toBeUndefined();
  });

  it('belong to their own project, to the default one, or to nobody who could see them', async () => {
    const { hypervisor, libvirts } = setUp({ strict: true });
    const [mine, nobodys] = [libvirts[0].set(1, running, vnc, owned), libvirts[0].set(2, running, vnc)];
    expect((await hypervisor.listServers()).map(({ id }) => id)).toEqual([mine]);
    expect(await hypervisor.findServer(nobodys)).toBeUndefined();
    const server = as(await hypervisor.findServer(mine));
    const gone = { ...server, id: nobodys };
    await expect(hypervisor.openConsole(gone, 'novnc')).rejects.toMatchObject({ code: 'server-not-found' });
  });

  it('are not asked for by what is no UUID', async () => {
    const { hypervisor, libvirts } = setUp();
    await hypervisor.check();
    const before = libvirts[0].calls.length;
    for (const id of ['', 'domain-1', `${uuid(1)}0`, uuid(1).replace('8', 'X'), '../x', '\ud800']) {
      expect(await hypervisor.findServer(id)).toBeUndefined();
    }
    expect(libvirts[0].calls).toHaveLength(before);
  });

  it('are listed from every host that answers, each once: where it runs', async () => {
    const { hypervisor, libvirts } = setUp(two);
    libvirts[0].set(1, { state: 'shutoff', reason: 'migrated' });
    libvirts[1].set(1, running);
    libvirts[0].set(2, running);
    libvirts[1].set(2, { state: 'paused', reason: 'migration' });
    libvirts[1].set(3, shutOff);
    const seen = async () =>
      (await hypervisor.listServers()).map(({ id, host }) => `${id.slice(-1)} ${host}`);
    expect((await seen()).toSorted()).toEqual(['1 kvm2', '2 kvm1', '3 kvm2']);
    libvirts[0].down = true;
    expect((await seen()).toSorted()).toEqual(['1 kvm2', '2 kvm2', '3 kvm2']);
    libvirts[1].down = true;
    await expect(hypervisor.listServers()).rejects.toMatchObject(unavailable);
  });

  it('may vanish while they are listed', async () => {
    const { hypervisor, libvirts } = setUp();
    for (let index = 0; index < 30; index++) libvirts[0].set(index, running);
    const listing = hypervisor.listServers();
    libvirts[0].domains.delete(uuid(7));
    expect((await listing).length).toBeGreaterThanOrEqual(29);
  });

  it('with XML that cannot be read are unavailable, and named in the log without their XML', async () => {
    const { hypervisor, libvirts, logger } = setUp();
    const id = libvirts[0].set(1, running);
    libvirts[0].domains.get(id)!.xml = '<domain passwd="s3cret">';
    await expect(hypervisor.findServer(id)).rejects.toMatchObject(unavailable);
    expect(logger.lines.join()).toContain(id);
    expect(logger.lines.join()).not.toContain('s3cret');
  });
});

describe('several hosts', () => {
  it('find a server wherever it is, and ask its host alone from then on', async () => {
    const { hypervisor, libvirts } = setUp(two);
    const id = libvirts[1].set(1, running);
    expect((await hypervisor.findServer(id))?.host).toBe('kvm2');
    const before = libvirts[0].calls.length;
    expect((await hypervisor.findServer(id))?.host).toBe('kvm2');
    expect(libvirts[0].calls).toHaveLength(before);
  });

  it('follow a server that has moved', async () => {
    const { hypervisor, libvirts } = setUp(two);
    const id = libvirts[0].set(1, running);
    expect((await hypervisor.findServer(id))?.host).toBe('kvm1');
    libvirts[1].set(1, running);
    libvirts[0].domains.delete(id);
    expect((await hypervisor.findServer(id))?.host).toBe('kvm2');
    libvirts[0].set(1, running);
    libvirts[1].set(1, { state: 'shutoff', reason: 'migrated' });
    expect((await hypervisor.findServer(id))?.host).toBe('kvm1');
  });

  it('do not wait for one that is silent, where another has the server', async () => {
    const { hypervisor, libvirts } = setUp(two);
    const id = libvirts[1].set(1, running);
    await hypervisor.listServers();
    libvirts[0].silence = new Promise(() => {});
    expect((await hypervisor.findServer(id))?.host).toBe('kvm2');
  });

  it('say unavailable where one is down and no other has the server', async () => {
    const { hypervisor, libvirts } = setUp(two);
    const id = libvirts[1].set(1, running);
    libvirts[0].down = true;
    expect((await hypervisor.findServer(id))?.host).toBe('kvm2');
    await expect(hypervisor.findServer(uuid(2))).rejects.toMatchObject(unavailable);
    await hypervisor.check();
    libvirts[1].down = true;
    await expect(hypervisor.check()).rejects.toMatchObject(unavailable);
    await expect(hypervisor.findServer(id)).rejects.toMatchObject(unavailable);
  });
});

describe('consoles', () => {
  it('ask for secrets only where a display must be dialled', async () => {
    const { hypervisor, libvirts } = setUp({ uris: ['qemu:///system', 'qemu+tls://kvm2/system'] });
    const dialled = `<graphics type='vnc' port='5901' listen='0.0.0.0' passwd='s3cret12'/>`;
    const [here, there] = [libvirts[0].set(1, running, vnc), libvirts[1].set(2, running, dialled)];
    const servers = await Promise.all([here, there].map((id) => hypervisor.findServer(id)));
    expect(libvirts.flatMap(({ calls }) => calls).join()).not.toContain('secure');
    const [first, second] = await Promise.all(
      servers.map((server) => hypervisor.openConsole(as(server), 'novnc')),
    );
    expect(first).toMatchObject({
      serverId: here,
      type: 'novnc',
      transport: { kind: 'hypervisor', hypervisor: 'lv' },
    });
    expect(second).toMatchObject({ serverId: there, transport: { kind: 'tcp', host: 'kvm2', port: 5901 } });
    expect(libvirts[0].calls.join()).not.toContain('secure');
    expect(libvirts[1].calls).toContain(`describe ${there} secure`);
    expect(JSON.stringify(second)).not.toContain('s3cret12');
  });

  it('are refused with the code that fits', async () => {
    const { hypervisor, libvirts } = setUp();
    const open = async (id: string, type: Parameters<typeof hypervisor.openConsole>[1]) =>
      hypervisor.openConsole(as(await hypervisor.findServer(id)), type);
    const id = libvirts[0].set(1, running, vnc);
    await expect(open(id, 'rdp-html5')).rejects.toMatchObject({ code: 'console-not-implemented' });
    await expect(open(id, 'webmks')).rejects.toMatchObject({ code: 'console-not-implemented' });
    await expect(open(libvirts[0].set(2, running), 'novnc')).rejects.toMatchObject({
      code: 'console-type-unavailable',
    });
    await expect(open(libvirts[0].set(3, shutOff, vnc), 'novnc')).rejects.toMatchObject({
      code: 'server-state-invalid',
    });
    const starting = libvirts[0].set(4, { state: 'paused', reason: 'starting-up' }, vnc);
    await expect(open(starting, 'novnc')).rejects.toMatchObject({ code: 'server-not-ready' });
    const moving = libvirts[0].set(5, { state: 'paused', reason: 'migration' }, vnc);
    await expect(open(moving, 'novnc')).rejects.toMatchObject({ code: 'server-state-invalid' });
    const server = as(await hypervisor.findServer(id));
    libvirts[0].domains.delete(id);
    await expect(hypervisor.openConsole(server, 'novnc')).rejects.toMatchObject({ code: 'server-not-found' });
  });

  it('are handed over as streams', async () => {
    const { hypervisor, libvirts } = setUp();
    const id = libvirts[0].set(1, running, `<graphics type='spice'/>${vnc}`);
    const { transport } = await hypervisor.openConsole(as(await hypervisor.findServer(id)), 'novnc');
    if (transport.kind !== 'hypervisor') throw new Error('dialled');
    const stream = await hypervisor.streams.openStream(transport);
    stream.destroy();
    expect(libvirts[0].calls).toContain(`openGraphics ${id} 1`);
    libvirts[0].domains.get(id)!.state = shutOff;
    await expect(hypervisor.streams.openStream(transport)).rejects.toMatchObject({
      code: 'console-unreachable',
    });
    libvirts[0].domains.delete(id);
    await expect(hypervisor.streams.openStream(transport)).rejects.toMatchObject({
      code: 'server-not-found',
    });
    libvirts[0].down = true;
    await expect(hypervisor.streams.openStream(transport)).rejects.toMatchObject(unavailable);
    for (const address of ['', `display/other/${id}/0`, `display/kvm1/${id}/x`]) {
      const wrong = { ...transport, address };
      await expect(hypervisor.streams.openStream(wrong)).rejects.toMatchObject({
        code: 'console-unreachable',
      });
    }
  });
});

describe('events', () => {
  const stopped = (id: string, detail: string) => ({ uuid: id, name: '', type: 'stopped', detail }) as const;
  const removed = (id: string) => ({ uuid: id, name: '', type: 'undefined', detail: 'removed' }) as const;

  it('reach every listener until it stops listening, also after one that fails', async () => {
    const { hypervisor, libvirts, events, logger } = setUp();
    const id = libvirts[0].set(1, running);
    await hypervisor.check();
    const second: ServerEvent[] = [];
    hypervisor.watch(() => {
      throw new Error('careless');
    });
    const stop = hypervisor.watch((event) => second.push(event));
    libvirts[0].emit(stopped(id, 'crashed'));
    stop();
    stop();
    libvirts[0].emit(stopped(id, 'saved'));
    expect(second).toEqual([{ serverId: id, kind: 'crashed' }]);
    expect(events.map(({ kind }) => kind)).toEqual(['crashed', 'suspended']);
    expect(logger.lines.join()).toContain('a listener for server events failed');
  });

  it('tell of a migration once, and not of the end of what it leaves or of one that fails', async () => {
    const { hypervisor, libvirts, events } = setUp(two);
    const id = libvirts[0].set(1, running);
    await hypervisor.findServer(id);
    libvirts[1].emit(stopped(id, 'failed')); // the copy on the other host gave up
    await delay(10);
    expect(events).toEqual([]);
    libvirts[1].set(1, running);
    libvirts[0].domains.delete(id);
    expect((await hypervisor.findServer(id))?.host).toBe('kvm2'); // before its old host says so
    libvirts[0].emit(stopped(id, 'migrated'));
    libvirts[0].emit(removed(id));
    await delay(10);
    expect(events).toEqual([{ serverId: id, kind: 'migrated' }]);
    expect((await hypervisor.findServer(id))?.host).toBe('kvm2');
    libvirts[0].emit(stopped(id, 'destroyed')); // whatever happens there now is not this server's
    libvirts[1].domains.delete(id);
    libvirts[1].emit(stopped(id, 'destroyed'));
    libvirts[1].emit(removed(id));
    await expect.poll(() => events.map(({ kind }) => kind)).toEqual(['migrated', 'stopped', 'deleted']);
  });
});
