import { inspect } from 'node:util';
import type { HypervisorPort, Server, ServerEvent } from '@remote-consoles/core';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createAdapter, type LogLine } from './adapter-under-test.js';
import { CONSOLE_PASSWORD, DATABASE, Lab, OFF, OTHER, until, WEB } from './lab.js';
import type { VmRecord } from './wmi-double.js';

const started = await Lab.start();
const there = started !== undefined;
const lab = started as Lab;

const NOVA_ID = 'c0ffee00-1111-4222-8333-444455556666';
const id = (guid: string) => guid.toLowerCase();

let port: HypervisorPort | undefined;
let log: readonly LogLine[] = [];

beforeEach(() => started?.reset());
afterEach(async () => {
  await port?.close();
  port = undefined;
});
afterAll(() => started?.stop());

/** An adapter for the host behind NTLM, or for these. */
async function adapt(more: object = {}, hosts = [lab.host('ntlm')]): Promise<HypervisorPort> {
  ({ port, log } = await createAdapter(lab.options(hosts, more), { configDirectory: lab.directory }));
  return port;
}

const both = () => [lab.host('ntlm'), lab.host('basic')];
const ntlm = () => lab.service('ntlm').wmi;
const basic = () => lab.service('basic').wmi;
const queries = () => lab.service('ntlm').messages.flatMap(({ wql }) => wql ?? []);
const add = (vm: Partial<VmRecord> & { readonly guid: string }, wmi = ntlm()) =>
  wmi.vms.push({ name: 'vm', state: 2, ...vm });

async function find(hyperv: HypervisorPort, serverId: string): Promise<Server> {
  const server = await hyperv.findServer(serverId);
  if (!server) throw new Error(`${serverId} is not found`);
  return server;
}

describe.skipIf(!there)('servers', () => {
  it('are the VMs of all hosts, without the hosts themselves', async () => {
    const hyperv = await adapt({}, both());
    const servers = await hyperv.listServers();
    expect(servers).toEqual([
      { id: id(WEB), name: 'web', projectId: 'project-1', host: 'hv-ntlm', vmState: 'active' },
      { id: id(OFF), name: 'off', projectId: 'project-1', host: 'hv-ntlm', vmState: 'stopped' },
      { id: id(DATABASE), name: 'database', projectId: 'project-1', host: 'hv-basic', vmState: 'active' },
    ]);
    for (const server of servers) expect(await hyperv.findServer(server.id)).toEqual(server);
  });

  it('are found by GUID in any case, and by nothing else', async () => {
    const hyperv = await adapt();
    expect(await find(hyperv, WEB)).toMatchObject({ id: id(WEB) });
    const asked = queries().length;
    for (const other of ['web', 'HV1', `{${WEB}}`, "' OR '1'='1", '%', '']) {
      expect(await hyperv.findServer(other), other).toBeUndefined();
    }
    expect(queries()).toHaveLength(asked);
  });

  it('say that they are being moved', async () => {
    ntlm().vm('web').migrating = true;
    expect(await find(await adapt(), WEB)).toMatchObject({ vmState: 'active', taskState: 'migrating' });
  });

  it('are asked of the host that had them last, and found where they have moved', async () => {
    const hyperv = await adapt({}, both());
    await find(hyperv, WEB);
    // Nobody waited for the other host's answer.
    await until('the other question', () => lab.service('basic').messages.length === 1);
    await find(hyperv, WEB);
    expect(lab.service('basic').messages).toHaveLength(1);
    basic().vms.push(...ntlm().vms.splice(0));
    expect(await find(hyperv, WEB)).toMatchObject({ host: 'hv-basic' });
    basic().vms.splice(0);
    expect(await hyperv.findServer(WEB)).toBeUndefined();
  });

  it('are themselves where they run, not where their replica is kept', async () => {
    ntlm().vm('web').state = 3;
    ntlm().vm('web').replication = 2;
    const hyperv = await adapt({}, both());
    expect(await find(hyperv, WEB)).toMatchObject({ host: 'hv-ntlm', vmState: 'stopped' });
    add({ guid: WEB, name: 'web', replication: 1 }, basic());
    expect(await find(hyperv, WEB)).toMatchObject({ host: 'hv-basic', vmState: 'active' });
    const listed = (await hyperv.listServers()).filter((server) => server.id === id(WEB));
    expect(listed).toMatchObject([{ host: 'hv-basic' }]);
  });

  it('are not taken for stopped where only a replica is known and the other host is down', async () => {
    ntlm().vm('web').replication = 4;
    lab.service('basic').interfere = () => true;
    const hyperv = await adapt({ timeout: 1 }, both());
    await expect(hyperv.findServer(WEB)).rejects.toMatchObject({ code: 'hypervisor-unavailable' });
  });
});

describe.skipIf(!there)('the project of a server', () => {
  const projects = async (hyperv: HypervisorPort) =>
    new Map((await hyperv.listServers()).map(({ name, projectId }) => [name, projectId]));

  beforeEach(() => {
    if (!there) return;
    ntlm().vms.splice(0);
    add({ guid: WEB, name: 'said', notes: ['Web server\r\nProject:  p-notes '] });
    add({ guid: DATABASE, name: 'silent', notes: ['no word of the project'] });
    add({ guid: OFF, name: 'twice', notes: ['project: a', 'project: b'] });
    add({ guid: OTHER, name: 'empty', notes: ['project:'] });
  });

  it('is in the notes of its VM, else the default; notes that say nonsense make it nobody’s', async () => {
    const hyperv = await adapt({ project: { notes: true, default: 'p-default' } });
    const expected = new Map([
      ['said', 'p-notes'],
      ['silent', 'p-default'],
    ]);
    expect(await projects(hyperv)).toEqual(expected);
    expect(await find(hyperv, WEB)).toMatchObject({ projectId: 'p-notes' });
    expect(await find(hyperv, DATABASE)).toMatchObject({ projectId: 'p-default' });
    for (const guid of [OFF, OTHER]) expect(await hyperv.findServer(guid)).toBeUndefined();
  });

  it('is in the notes alone where there is no default', async () => {
    const hyperv = await adapt({ project: { notes: true } });
    expect(await projects(hyperv)).toEqual(new Map([['said', 'p-notes']]));
    expect(await hyperv.findServer(DATABASE)).toBeUndefined();
  });

  it('is not looked for in notes that mean nothing', async () => {
    const hyperv = await adapt();
    expect(new Set((await projects(hyperv)).values())).toEqual(new Set(['project-1']));
    expect(queries().filter((wql) => wql.includes('SettingData'))).toEqual([]);
  });
});

describe.skipIf(!there)('with a template, a server', () => {
  it('of %08x has the number in its VM’s name as its id', async () => {
    add({ guid: DATABASE, name: 'instance-0000002a' });
    add({ guid: OTHER, name: 'instance-2a' });
    const hyperv = await adapt({ nameTemplate: 'instance-%08x' });
    expect(await find(hyperv, '42')).toMatchObject({ id: '42', name: 'instance-0000002a' });
    expect(queries().at(-1)).toBe(
      "SELECT * FROM Msvm_ComputerSystem WHERE (ElementName = 'instance-0000002a')",
    );
    expect(await find(hyperv, DATABASE)).toMatchObject({ id: '42' });
    expect(await find(hyperv, OTHER)).toMatchObject({ id: id(OTHER), name: 'instance-2a' });
    for (const other of ['042', '0x2a', '43', "42' OR Name LIKE '%"]) {
      expect(await hyperv.findServer(other), other).toBeUndefined();
    }
    expect((await hyperv.listServers()).map((server) => server.id)).toEqual([
      id(WEB),
      id(OFF),
      '42',
      id(OTHER),
    ]);
    const { connectInfo } = await hyperv.openConsole(await find(hyperv, '42'), 'rdp-html5');
    expect(connectInfo.internalAccessPath).toBe(DATABASE);
  });

  it('of %s has its VM’s name as its id, exactly', async () => {
    add({ guid: DATABASE, name: 'O’Brien’s VM' });
    const hyperv = await adapt({ nameTemplate: '%s' });
    expect(await find(hyperv, 'web')).toMatchObject({ id: 'web' });
    expect(await hyperv.findServer('WEB')).toBeUndefined();
    expect(await hyperv.findServer('O’Brien’s VM')).toBeUndefined();
    expect(await find(hyperv, DATABASE)).toMatchObject({ id: id(DATABASE), name: 'O’Brien’s VM' });
  });

  it('of %(uuid)s has the UUID in its VM’s name as its id', async () => {
    add({ guid: DATABASE, name: `nova-${NOVA_ID}` });
    const hyperv = await adapt({ nameTemplate: 'nova-%(uuid)s' });
    for (const asked of [NOVA_ID, NOVA_ID.toUpperCase(), DATABASE]) {
      expect(await find(hyperv, asked)).toMatchObject({ id: NOVA_ID });
    }
  });

  it('whose name claims another’s GUID is neither', async () => {
    add({ guid: DATABASE, name: `nova-${id(WEB)}` });
    const hyperv = await adapt({ nameTemplate: 'nova-%(uuid)s' });
    expect(await hyperv.findServer(WEB)).toBeUndefined();
    expect((await hyperv.listServers()).map((server) => server.id)).toEqual([id(OFF)]);
  });

  it('whose name two VMs have is neither', async () => {
    add({ guid: DATABASE, name: 'web' });
    const hyperv = await adapt({ nameTemplate: '%s' });
    expect(await hyperv.findServer('web')).toBeUndefined();
    expect((await hyperv.listServers()).map((server) => server.id)).toEqual(['off']);
    expect(log.map(({ message }) => message)).toEqual([
      'several VMs have the same name or notes; none is taken',
      'several VMs have this id; none is listed',
    ]);
  });

  it('opens no console of another project’s VM that took its name over', async () => {
    ntlm().vm('web').notes = ['project: mine'];
    const hyperv = await adapt({ nameTemplate: '%s', project: { notes: true } });
    const seen = await find(hyperv, 'web');
    ntlm().vm('web').name = 'renamed';
    add({ guid: DATABASE, name: 'web', notes: ['project: theirs'] });
    await expect(hyperv.openConsole(seen, 'rdp-html5')).rejects.toMatchObject({ code: 'server-not-found' });
  });
});

describe.skipIf(!there)('with Nova’s notes, a server', () => {
  beforeEach(() => {
    if (there) add({ guid: DATABASE, name: 'instance-00000001', notes: [NOVA_ID, 'project: p-nova'] });
  });

  it('has the id that Nova wrote into them', async () => {
    const hyperv = await adapt({ novaNotes: true, project: { notes: true, default: 'none' } });
    const server = await find(hyperv, NOVA_ID.toUpperCase());
    expect(server).toMatchObject({ id: NOVA_ID, name: 'instance-00000001', projectId: 'p-nova' });
    expect((await hyperv.listServers()).map((one) => one.id)).toContain(NOVA_ID);
    expect(await find(hyperv, DATABASE)).toEqual(server);
    expect(await find(hyperv, WEB)).toMatchObject({ id: id(WEB) });
    const { connectInfo } = await hyperv.openConsole(server, 'rdp-html5');
    expect(connectInfo.internalAccessPath).toBe(DATABASE);
  });

  it('is found again without reading all notes, and where its notes were moved to', async () => {
    const hyperv = await adapt({ novaNotes: true });
    const reads = () => queries().filter((wql) => /SettingData WHERE \(VirtualSystemType/.test(wql)).length;
    await find(hyperv, NOVA_ID);
    await find(hyperv, NOVA_ID);
    expect(reads()).toBe(1);
    ntlm().vm('instance-00000001').notes = [];
    ntlm().vm('web').notes = [NOVA_ID];
    expect(await find(hyperv, NOVA_ID)).toMatchObject({ name: 'web' });
    expect(reads()).toBe(2);
    expect(await find(hyperv, DATABASE)).toMatchObject({ id: id(DATABASE) });
  });

  it('whose id two VMs claim is neither', async () => {
    ntlm().vm('web').notes = [NOVA_ID];
    const hyperv = await adapt({ novaNotes: true });
    expect(await hyperv.findServer(NOVA_ID)).toBeUndefined();
    expect((await hyperv.listServers()).map((one) => one.id)).toEqual([id(OFF)]);
  });
});

describe.skipIf(!there)('a console', () => {
  it('is the host’s listener, told whose it is, with the account for consoles', async () => {
    const hyperv = await adapt();
    const connection = await hyperv.openConsole(await find(hyperv, WEB), 'rdp-html5');
    expect(connection).toMatchObject({
      serverId: id(WEB),
      type: 'rdp-html5',
      transport: { kind: 'tcp', host: '127.0.0.1', port: 2179 },
      security: {
        kind: 'rdp',
        mode: 'vmconnect',
        tls: { trust: { kind: 'pin', algorithm: 'sha256', fingerprint: 'ab'.repeat(32) } },
        preconnectionBlob: WEB,
        account: { user: 'rc-console', domain: 'LAB' },
      },
      connectInfo: { host: '127.0.0.1', port: 2179, tlsPort: null, internalAccessPath: WEB },
    });
    const { security } = connection;
    expect(security.kind === 'rdp' && security.account?.password.reveal()).toBe(CONSOLE_PASSWORD);
    expect(inspect(connection, { depth: null }) + JSON.stringify(connection)).not.toContain(CONSOLE_PASSWORD);
  });

  it('with an enhanced session asks for it; Nova’s path stays the GUID', async () => {
    const console = { user: 'rc@lab.example', passwordFile: 'console-password', enhancedSession: true };
    const hyperv = await adapt({ console });
    expect(await hyperv.openConsole(await find(hyperv, WEB), 'rdp-html5')).toMatchObject({
      security: { preconnectionBlob: `${WEB};EnhancedMode=1`, account: { user: 'rc@lab.example' } },
      connectInfo: { internalAccessPath: WEB },
    });
  });

  it('is on the port that the host was set to, or on Hyper-V’s own', async () => {
    ntlm().listenerPort = 2190;
    const hyperv = await adapt();
    const web = await find(hyperv, WEB);
    const portOf = async () => (await hyperv.openConsole(web, 'rdp-html5')).connectInfo.port;
    expect([await portOf(), await portOf()]).toEqual([2190, 2190]);
    expect(queries().filter((wql) => wql.includes('TerminalService'))).toHaveLength(1);
    for (const listenerPort of [null, 0, 99_999]) {
      ntlm().listenerPort = listenerPort;
      await hyperv.check();
      expect(await portOf()).toBe(2179);
    }
  });

  it.each([
    [3, 'stopped'],
    [6, 'suspended'],
  ])('of a VM in state %i is refused as %s', async (state, vmState) => {
    const hyperv = await adapt();
    const server = await find(hyperv, WEB);
    ntlm().vm('web').state = state;
    await expect(hyperv.openConsole(server, 'rdp-html5')).rejects.toMatchObject({
      code: 'server-state-invalid',
      message: `Cannot 'get_rdp_console' instance ${id(WEB)} while it is in vm_state ${vmState}`,
    });
  });

  it('of a paused VM is opened', async () => {
    ntlm().vm('web').state = 9;
    const hyperv = await adapt();
    await hyperv.openConsole(await find(hyperv, WEB), 'rdp-html5');
  });

  it('is none where the account’s password cannot be read', async () => {
    const hyperv = await adapt({ console: { user: 'rc', passwordFile: 'missing-file' } });
    const opening = hyperv.openConsole(await find(hyperv, WEB), 'rdp-html5');
    await expect(opening).rejects.toMatchObject({ code: 'hypervisor-unavailable' });
  });
});

describe.skipIf(!there)('the watch', () => {
  const looks = () => log.filter(({ message }) => message === 'watching the VMs of a Hyper-V host').length;

  async function watch(hyperv: HypervisorPort, hosts = 1): Promise<ServerEvent[]> {
    const events: ServerEvent[] = [];
    hyperv.watch((event) => events.push(event));
    await until('a look at every host', () => looks() === hosts);
    return events;
  }

  it.each([
    [3, 'stopped'],
    [6, 'suspended'],
    [1, 'crashed'],
  ] as const)('tells that a VM which came to state %i has %s, once', async (state, kind) => {
    const events = await watch(await adapt());
    ntlm().vm('web').state = state;
    await until('the event', () => events.length > 0);
    const asked = lab.service('ntlm').messages.length;
    await until('two more looks', () => lab.service('ntlm').messages.length >= asked + 2);
    expect(events).toEqual([{ serverId: id(WEB), kind }]);
  });

  it('tells nothing of a VM that is paused, and what becomes of it', async () => {
    ntlm().vm('web').state = 9;
    const events = await watch(await adapt());
    ntlm().vm('web').state = 3;
    await until('the event', () => events.length > 0);
    expect(events).toEqual([{ serverId: id(WEB), kind: 'stopped' }]);
  });

  it('tells a deleted VM from one that has moved', async () => {
    const events = await watch(await adapt({}, both()), 2);
    const [web] = ntlm().vms.splice(0);
    if (web) basic().vms.push(web);
    await until('both events', () => events.length >= 2);
    expect(new Set(events)).toEqual(
      new Set([
        { serverId: id(WEB), kind: 'migrated' },
        { serverId: id(OFF), kind: 'deleted' },
      ]),
    );
  });

  it('takes a VM that fell back to being a replica for moved', async () => {
    const events = await watch(await adapt({}, both()), 2);
    add({ guid: WEB, name: 'web', replication: 1 }, basic());
    Object.assign(ntlm().vm('web'), { state: 3, replication: 2 });
    await until('the event', () => events.length > 0);
    expect(events).toEqual([{ serverId: id(WEB), kind: 'migrated' }]);
  });

  it('tells of the other hosts while one hangs, and of that one when it is back', async () => {
    const hyperv = await adapt({ timeout: 1 }, both());
    const events = await watch(hyperv, 2);
    lab.service('ntlm').interfere = () => true;
    await until('the interruption', () => log.some(({ level }) => level === 'warn'));
    ntlm().vm('web').state = 3;
    basic().vm('database').state = 3;
    await until('the first event', () => events.length === 1);
    expect(events[0]).toEqual({ serverId: id(DATABASE), kind: 'stopped' });
    lab.service('ntlm').interfere = () => false;
    await until('the second event', () => events.length === 2);
    expect(events[1]).toEqual({ serverId: id(WEB), kind: 'stopped' });
    expect(log.filter(({ level }) => level === 'warn')).toHaveLength(1);
  });

  it('asks the host only while somebody listens', async () => {
    const hyperv = await adapt();
    const events: ServerEvent[] = [];
    const stop = hyperv.watch((event) => events.push(event));
    await until('a look', () => looks() === 1);
    stop();
    const asked = lab.service('ntlm').messages.length;
    ntlm().vm('web').state = 3;
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect(lab.service('ntlm').messages).toHaveLength(asked);
    expect(events).toEqual([]);
  });

  it('follows many hosts without a warning', async () => {
    const warnings: Error[] = [];
    const note = (warning: Error) => warnings.push(warning);
    process.on('warning', note);
    const hosts = Array.from({ length: 12 }, (_, n) => lab.host('basic', { name: `hv-${n}` }));
    const events = await watch(await adapt({}, hosts), 12);
    basic().vm('database').state = 3;
    await until('the events', () => events.length === 12);
    await port?.close();
    process.off('warning', note);
    expect(warnings).toEqual([]);
  });

  it('tells all listeners, also where one of them fails', async () => {
    const hyperv = await adapt();
    hyperv.watch(() => {
      throw new Error('listener');
    });
    const events = await watch(hyperv);
    ntlm().vm('web').state = 3;
    await until('the event', () => events.length > 0);
    expect(log.filter(({ level }) => level === 'error')).toHaveLength(1);
  });
});
