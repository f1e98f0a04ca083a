import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HypervisorFleet, type HypervisorPort, type Server, type ServerEvent } from '@remote-consoles/core';
import { element } from '@remote-consoles/soap-xml';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createAdapter, type LogLine, loggedErrors, optionsFor } from './adapter-under-test.js';
import { openConsoleSocket } from './console-socket.js';
import { partsAreThere, simulatorIsThere } from './parts.js';
import { freePort, until, Vcsim } from './vcsim.js';

const there = await simulatorIsThere();
const consolesThere =
  there && (await partsAreThere('consoles', 'debian-packages.sh', ['tigervnc-standalone-server']));
const cleanup: (() => Promise<void>)[] = [];
const unknownId = '00000000-0000-4000-8000-000000000000';

afterEach(async () => {
  for (const undo of cleanup.splice(0).reverse()) await undo();
});

async function simulate(...flags: string[]): Promise<Vcsim> {
  const vcsim = await Vcsim.start(flags);
  cleanup.push(() => vcsim.stop());
  return vcsim;
}

async function adapt(
  vcsim: Vcsim,
  more: object = {},
): Promise<{ port: HypervisorPort; log: readonly LogLine[] }> {
  const adapted = await createAdapter(optionsFor(vcsim.ready, more), { configDirectory: vcsim.directory });
  cleanup.push(() => adapted.port.close());
  return adapted;
}

async function find(port: HypervisorPort, id: string): Promise<Server> {
  const server = await port.findServer(id);
  if (!server) throw new Error(`${id} is not found`);
  return server;
}

/** Watches from the moment that the adapter knows the present state. */
async function watch({
  port,
  log,
}: {
  port: HypervisorPort;
  log: readonly LogLine[];
}): Promise<ServerEvent[]> {
  const events: ServerEvent[] = [];
  cleanup.push(async () => stop());
  const stop = port.watch((event) => events.push(event));
  await until('the subscription', () => subscriptions(log) === 1);
  return events;
}

function subscriptions(log: readonly LogLine[]): number {
  return log.filter(({ message, level }) => level === 'debug' && message.startsWith('watching')).length;
}

describe.skipIf(!there)('a vCenter', () => {
  it('has its VMs as servers, with name, host, state and project', async () => {
    const vcsim = await simulate();
    const { port } = await adapt(vcsim);
    const servers = await port.listServers();
    expect(servers.map(({ id }) => id).sort()).toEqual(vcsim.ready.vms.map((vm) => vm.instanceUuid).sort());
    expect(servers.find(({ name }) => name === 'DC0_H0_VM0')).toMatchObject({
      host: 'DC0_H0',
      projectId: 'project-1',
      vmState: 'active',
    });
    for (const server of servers) expect(await port.findServer(server.id)).toEqual(server);
  });

  it('finds a server by instance UUID, then by BIOS UUID, and nothing else', async () => {
    const vcsim = await simulate();
    const { port } = await adapt(vcsim);
    const [vm] = vcsim.ready.vms;
    expect((await find(port, vm.instanceUuid.toUpperCase())).name).toBe(vm.name);
    expect((await find(port, vm.uuid)).id).toBe(vm.instanceUuid);
    for (const id of [unknownId, vm.name, vm.moid, '']) expect(await port.findServer(id), id).toBeUndefined();
  });

  it('prefers the VM whose instance UUID it is to one whose BIOS UUID it is', async () => {
    const vcsim = await simulate();
    const [first, second] = vcsim.ready.vms;
    await (await vcsim.admin()).reconfigure(second.moid, [element('uuid', first.instanceUuid)]);
    const { port } = await adapt(vcsim);
    expect((await find(port, first.instanceUuid)).name).toBe(first.name);
  });

  it('tells power states', async () => {
    const vcsim = await simulate();
    const { port } = await adapt(vcsim);
    const [first, second] = vcsim.ready.vms;
    const admin = await vcsim.admin();
    await admin.power(first.moid, 'poweredOff');
    await admin.power(second.moid, 'suspended');
    expect((await find(port, first.instanceUuid)).vmState).toBe('stopped');
    expect((await find(port, second.instanceUuid)).vmState).toBe('suspended');
  });

  it('reads projects from attributes, advanced settings, Nova’s notes and folders', async () => {
    const vcsim = await simulate('-vm', '4');
    const admin = await vcsim.admin();
    const [byAttribute, byExtra, byNotes, byFolder] = vcsim.ready.vms.filter(({ name }) =>
      name.startsWith('DC0_H0'),
    );
    if (!byAttribute || !byExtra || !byNotes || !byFolder) throw new Error('too few VMs');
    await admin.setCustomAttribute(byAttribute.moid, 'openstack project', 'p-attribute');
    await admin.reconfigure(byExtra.moid, [
      element('extraConfig', [
        element('key', 'rc.project'),
        element('value', 'p-extra', { 'xsi:type': 'xsd:string' }),
      ]),
    ]);
    await admin.reconfigure(byNotes.moid, [element('annotation', 'name:x\nuserid:u\nprojectid:p-notes\n')]);
    const project = {
      customAttribute: 'openstack project',
      extraConfig: 'rc.project',
      novaAnnotation: true,
      folders: { '/DC0/vm': 'p-folder' },
    };
    const { port } = await adapt(vcsim, { project });
    const projects = new Map((await port.listServers()).map(({ id, projectId }) => [id, projectId]));
    for (const [vm, projectId] of [
      [byAttribute, 'p-attribute'],
      [byExtra, 'p-extra'],
      [byNotes, 'p-notes'],
      [byFolder, 'p-folder'],
    ] as const) {
      expect(projects.get(vm.instanceUuid), projectId).toBe(projectId);
      expect((await find(port, vm.instanceUuid)).projectId).toBe(projectId);
    }
  });

  it('hides a VM that no rule gives to a project', async () => {
    const vcsim = await simulate();
    const { port } = await adapt(vcsim, { project: { folders: { 'DC1/vm': 'elsewhere' } } });
    expect(await port.listServers()).toEqual([]);
    expect(await port.findServer(vcsim.ready.vms[0].instanceUuid)).toBeUndefined();
  });

  it('forgets a deleted VM, and opens no console of it', async () => {
    const vcsim = await simulate();
    const { port } = await adapt(vcsim);
    const [vm] = vcsim.ready.vms;
    const server = await find(port, vm.instanceUuid);
    const admin = await vcsim.admin();
    await admin.power(vm.moid, 'poweredOff');
    await admin.destroy(vm.moid);
    expect(await port.findServer(vm.instanceUuid)).toBeUndefined();
    await expect(port.openConsole(server, 'webmks')).rejects.toMatchObject({ code: 'server-not-found' });
  });

  it('says of an orphaned VM that it is in error and on no host', async () => {
    const vcsim = await simulate();
    const { port } = await adapt(vcsim);
    const [vm] = vcsim.ready.vms;
    const server = await find(port, vm.instanceUuid);
    await (await vcsim.admin()).setConnectionState(vm.moid, 'orphaned');
    const orphan = await find(port, vm.instanceUuid);
    expect(orphan.vmState).toBe('error');
    expect(orphan).not.toHaveProperty('host');
    await expect(port.openConsole(server, 'webmks')).rejects.toMatchObject({ code: 'server-not-ready' });
  });
});

describe.skipIf(!there)('a standalone ESXi host', () => {
  it('has servers and consoles, also with rules for attributes that only vCenter has', async () => {
    const vcsim = await simulate('-esx');
    const project = { customAttribute: 'project', folders: { 'ha-datacenter/vm': 'p-folder' } };
    const { port } = await adapt(vcsim, { project });
    const [server] = await port.listServers();
    expect(server).toMatchObject({ projectId: 'p-folder', vmState: 'active', host: 'localhost.localdomain' });
    if (server) expect((await port.openConsole(server, 'webmks')).transport.kind).toBe('websocket');
  });
});

describe.skipIf(!there)('several at once', () => {
  it('are one fleet, in which a server that is down takes only its own consoles with it', async () => {
    const [vcenter, esxi] = [await simulate(), await simulate('-esx')];
    const fleet = new HypervisorFleet([(await adapt(vcenter)).port, (await adapt(esxi)).port]);
    expect(await fleet.listServers()).toHaveLength(vcenter.ready.vms.length + esxi.ready.vms.length);
    const [onVcenter, onEsxi] = [vcenter.ready.vms[0].instanceUuid, esxi.ready.vms[0].instanceUuid];
    const opened = await fleet.openConsole(await find(fleet, onEsxi), 'webmks');
    expect(opened.connectInfo.port).toBe(esxi.port);
    await esxi.stop();
    expect((await fleet.openConsole(await find(fleet, onVcenter), 'webmks')).connectInfo.port).toBe(
      vcenter.port,
    );
    await expect(fleet.findServer(onEsxi)).rejects.toMatchObject({ code: 'hypervisor-unavailable' });
  });
});

describe.skipIf(!consolesThere)('a console', () => {
  const display = 83;
  const rfbPort = 5900 + display;
  let xvnc: ChildProcess;

  beforeAll(async () => {
    xvnc = spawn(
      'Xtigervnc',
      [
        `:${display}`,
        '-rfbport',
        `${rfbPort}`,
        '-interface',
        '127.0.0.1',
        '-localhost',
        '-SecurityTypes',
        'None',
      ],
      { stdio: 'ignore' },
    );
    xvnc.on('error', () => undefined);
    await until('the RFB server', async () => answers(rfbPort));
  });

  afterAll(() => {
    xvnc?.kill();
  });

  it('is a one-use address on the host, and RFB behind it', async () => {
    const vcsim = await simulate('-rfb', `127.0.0.1:${rfbPort}`);
    const { port } = await adapt(vcsim);
    const server = await find(port, vcsim.ready.vms[0].instanceUuid);
    const connection = await port.openConsole(server, 'webmks');
    expect(await openConsoleSocket(connection)).toMatchObject({ status: 101, firstMessage: 'RFB 003.008\n' });
    expect((await openConsoleSocket(connection)).status).toBe(404);
    expect((await openConsoleSocket(await port.openConsole(server, 'webmks'))).status).toBe(101);
  });

  it('has a ticket that expires; the next one is fresh', async () => {
    const vcsim = await simulate('-rfb', `127.0.0.1:${rfbPort}`, '-ticket-ttl', '300ms');
    const { port } = await adapt(vcsim);
    const server = await find(port, vcsim.ready.vms[0].instanceUuid);
    const old = await port.openConsole(server, 'webmks');
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect((await openConsoleSocket(old)).status).toBe(404);
    expect((await openConsoleSocket(await port.openConsole(server, 'webmks'))).status).toBe(101);
  });

  it.each([
    ['sha1', 'sha1'],
    ['list', 'sha256'],
    ['pem', 'sha256'],
  ] as const)('pins the host’s own certificate where its ticket has %s', async (form, algorithm) => {
    const vcsim = await simulate('-rfb', `127.0.0.1:${rfbPort}`, '-pin', form);
    const { port } = await adapt(vcsim);
    const connection = await port.openConsole(await find(port, vcsim.ready.vms[0].instanceUuid), 'webmks');
    const { certificate } = await openConsoleSocket(connection);
    const fingerprint = createHash(algorithm).update(certificate).digest('hex');
    expect(connection.transport).toMatchObject({ tls: { trust: { kind: 'pin', algorithm, fingerprint } } });
    const thumbprint = createHash('sha1').update(certificate).digest('hex');
    expect(JSON.parse(connection.connectInfo.internalAccessPath ?? '')).toMatchObject({ thumbprint });
  });

  it('pins what the ticket says, so that another certificate is not believed', async () => {
    const vcsim = await simulate('-pin', 'wrong');
    const { port } = await adapt(vcsim);
    const { transport } = await port.openConsole(await find(port, vcsim.ready.vms[0].instanceUuid), 'webmks');
    expect(transport).toMatchObject({ tls: { trust: { kind: 'pin', fingerprint: '00'.repeat(20) } } });
  });

  it('without a pin is refused, unless the operator trusts a CA for hosts', async () => {
    const vcsim = await simulate('-pin', 'none');
    const [{ instanceUuid }] = vcsim.ready.vms;
    const strict = await adapt(vcsim);
    const refused = strict.port.openConsole(await find(strict.port, instanceUuid), 'webmks');
    await expect(refused).rejects.toMatchObject({ code: 'hypervisor-unavailable' });
    expect(loggedErrors(strict.log)).toContain('hostTrust');
    const { port } = await adapt(vcsim, { hostTrust: { caFile: 'cert.pem' } });
    const { transport } = await port.openConsole(await find(port, instanceUuid), 'webmks');
    expect(transport).toMatchObject({
      tls: { trust: { kind: 'ca', ca: expect.stringContaining('BEGIN CERTIFICATE') } },
    });
  });

  it('of type mks has what Nova’s proxy wanted', async () => {
    const vcsim = await simulate();
    const { port } = await adapt(vcsim, { ticketType: 'mks' });
    const { connectInfo, transport } = await port.openConsole(
      await find(port, vcsim.ready.vms[0].instanceUuid),
      'webmks',
    );
    expect(transport).toEqual({ kind: 'tcp', host: '127.0.0.1', port: vcsim.port });
    expect(JSON.parse(connectInfo.internalAccessPath ?? '')).toEqual({
      ticket: expect.stringMatching(/./),
      cfgFile: expect.stringMatching(/\.vmx$/),
      thumbprint: vcsim.ready.sha1.replaceAll(':', '').toLowerCase(),
    });
  });

  it('of a VM that is off or suspended is refused in that state', async () => {
    const vcsim = await simulate();
    const { port } = await adapt(vcsim);
    const [first, second] = vcsim.ready.vms;
    const servers = [await find(port, first.instanceUuid), await find(port, second.instanceUuid)] as const;
    const admin = await vcsim.admin();
    await admin.power(first.moid, 'poweredOff');
    await admin.power(second.moid, 'suspended');
    await expect(port.openConsole(servers[0], 'webmks')).rejects.toMatchObject({
      code: 'server-state-invalid',
      message: expect.stringContaining('vm_state stopped'),
    });
    await expect(port.openConsole(servers[1], 'webmks')).rejects.toThrow('vm_state suspended');
  });

  it('of another type is not implemented', async () => {
    const vcsim = await simulate();
    const { port } = await adapt(vcsim);
    const server = await find(port, vcsim.ready.vms[0].instanceUuid);
    await expect(port.openConsole(server, 'novnc')).rejects.toMatchObject({
      code: 'console-not-implemented',
    });
  });
});

describe.skipIf(!there)('the session', () => {
  it('is one for all callers, and opened once more when it was ended', async () => {
    const vcsim = await simulate();
    const admin = await vcsim.admin();
    const { port } = await adapt(vcsim);
    const ids = vcsim.ready.vms.map((vm) => vm.instanceUuid);
    const ask = async () =>
      expect((await Promise.all([...ids, ...ids].map((id) => find(port, id)))).map(({ id }) => id)).toEqual([
        ...ids,
        ...ids,
      ]);
    await ask();
    expect(await admin.otherSessions()).toHaveLength(1);
    await admin.terminateOthers();
    await ask();
    expect(await admin.otherSessions()).toHaveLength(1);
  });

  it('may end in the middle of a list, of a console and of a check', async () => {
    const vcsim = await simulate();
    const admin = await vcsim.admin();
    const { port } = await adapt(vcsim);
    const server = await find(port, vcsim.ready.vms[0].instanceUuid);
    for (const ask of [
      () => port.listServers(),
      () => port.openConsole(server, 'webmks'),
      () => port.check(),
    ]) {
      await admin.terminateOthers();
      await ask();
    }
  });

  it('is logged out on close', async () => {
    const vcsim = await simulate();
    const adapted = await createAdapter(optionsFor(vcsim.ready));
    const admin = await vcsim.admin();
    await adapted.port.check();
    expect(await admin.otherSessions()).toHaveLength(1);
    await adapted.port.close();
    expect(await admin.otherSessions()).toHaveLength(0);
    await expect(adapted.port.check()).rejects.toMatchObject({ code: 'hypervisor-unavailable' });
  });

  it('is not opened with a wrong password, which is said to the operator only, and not tried again at once', async () => {
    const vcsim = await simulate();
    let now = 0;
    const adapted = await createAdapter(
      optionsFor(vcsim.ready, { password: undefined, passwordFile: 'password' }),
      { configDirectory: vcsim.directory, now: () => now },
    );
    const { port, log } = adapted;
    cleanup.push(() => port.close());
    writeFileSync(join(vcsim.directory, 'password'), 'wrong\n');
    await expect(port.check()).rejects.toMatchObject({
      code: 'hypervisor-unavailable',
      message: 'hypervisor vsphere-1 does not answer; try again later',
    });
    expect(loggedErrors(log)).toContain('InvalidLogin');
    writeFileSync(join(vcsim.directory, 'password'), `${vcsim.ready.password}\n`);
    await expect(port.check()).rejects.toMatchObject({ code: 'hypervisor-unavailable' });
    now += 30_000;
    await port.check();
  });

  it('is not opened with a server of another certificate', async () => {
    const vcsim = await simulate();
    for (const trust of [{ sha256: '00'.repeat(32) }, { sha1: '00'.repeat(20) }, 'system']) {
      const { port, log } = await adapt(vcsim, { trust });
      await expect(port.check()).rejects.toMatchObject({ code: 'hypervisor-unavailable' });
      expect(loggedErrors(log)).toMatch(/certificate/);
    }
    for (const trust of [{ sha1: vcsim.ready.sha1 }, { caFile: 'cert.pem' }]) {
      await (await adapt(vcsim, { trust })).port.check();
    }
  });
});

describe.skipIf(!there)('a vCenter that fails', () => {
  it('is unavailable while it is down', async () => {
    const vcsim = await Vcsim.start();
    const { port } = await adapt(vcsim);
    const [vm] = vcsim.ready.vms;
    const server = await find(port, vm.instanceUuid);
    await vcsim.stop();
    for (const ask of [
      () => port.findServer(vm.instanceUuid),
      () => port.listServers(),
      () => port.openConsole(server, 'webmks'),
      () => port.check(),
    ]) {
      await expect(ask()).rejects.toMatchObject({ code: 'hypervisor-unavailable' });
    }
  });

  it('is unavailable in bounded time while it hangs, and then goes on', async () => {
    const vcsim = await simulate();
    const { port } = await adapt(vcsim, { timeout: 1 });
    const [vm] = vcsim.ready.vms;
    const server = await find(port, vm.instanceUuid);
    await vcsim.freeze();
    const begun = Date.now();
    await expect(port.findServer(vm.instanceUuid)).rejects.toMatchObject({ code: 'hypervisor-unavailable' });
    await expect(port.openConsole(server, 'webmks')).rejects.toMatchObject({
      code: 'hypervisor-unavailable',
    });
    await expect(port.listServers()).rejects.toMatchObject({ code: 'hypervisor-unavailable' });
    expect(Date.now() - begun).toBeLessThan(5_000);
    vcsim.thaw();
    expect(await port.findServer(vm.instanceUuid)).toEqual(server);
  });

  it('that comes back is asked in a new session', async () => {
    const at = { directory: mkdtempSync(join(tmpdir(), 'vcsim-')), port: await freePort() };
    cleanup.push(async () => rmSync(at.directory, { recursive: true, force: true }));
    const first = await Vcsim.start([], at);
    const { port } = await adapt(first);
    await port.check();
    await first.stop();
    await expect(port.check()).rejects.toMatchObject({ code: 'hypervisor-unavailable' });
    const second = await Vcsim.start([], at);
    cleanup.push(() => second.stop());
    expect(await port.listServers()).toHaveLength(second.ready.vms.length);
  });
});

describe.skipIf(!there)('the watch', () => {
  it('tells of servers that stop, are suspended, orphaned or deleted', async () => {
    const vcsim = await simulate();
    const events = await watch(await adapt(vcsim));
    const admin = await vcsim.admin();
    const [a, b, c, d] = vcsim.ready.vms;
    if (!c || !d) throw new Error('too few VMs');
    await admin.power(a.moid, 'poweredOff');
    await admin.power(b.moid, 'suspended');
    await admin.setConnectionState(c.moid, 'orphaned');
    await admin.power(d.moid, 'poweredOff');
    await admin.destroy(d.moid);
    await until('five events', () => events.length >= 5);
    expect(new Set(events)).toEqual(
      new Set([
        { serverId: a.instanceUuid, kind: 'stopped' },
        { serverId: b.instanceUuid, kind: 'suspended' },
        { serverId: c.instanceUuid, kind: 'crashed' },
        { serverId: d.instanceUuid, kind: 'stopped' },
        { serverId: d.instanceUuid, kind: 'deleted' },
      ]),
    );
  });

  it('goes on when the session was ended', async () => {
    const vcsim = await simulate();
    const adapted = await adapt(vcsim);
    const events = await watch(adapted);
    const admin = await vcsim.admin();
    const [{ moid, instanceUuid }] = vcsim.ready.vms;
    const stopped = { serverId: instanceUuid, kind: 'stopped' };
    await admin.terminateOthers();
    await admin.power(moid, 'poweredOff');
    await until('the first event', () => events.length === 1);
    await until('the next subscription', () => subscriptions(adapted.log) === 2);
    await admin.power(moid, 'poweredOn');
    await admin.power(moid, 'poweredOff');
    await until('the second event', () => events.length === 2);
    expect(events).toEqual([stopped, stopped]);
  });

  it('tells nothing to a listener that was taken away', async () => {
    const vcsim = await simulate();
    const adapted = await adapt(vcsim);
    const events: ServerEvent[] = [];
    const stop = adapted.port.watch((event) => events.push(event));
    await until('the subscription', () => subscriptions(adapted.log) === 1);
    stop();
    await (await vcsim.admin()).power(vcsim.ready.vms[0].moid, 'poweredOff');
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(events).toEqual([]);
  });
});

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
