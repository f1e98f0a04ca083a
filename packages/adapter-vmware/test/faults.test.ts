import type { ServerResponse } from 'node:http';
import { inspect } from 'node:util';
import type { HypervisorPort, ServerEvent } from '@remote-consoles/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createAdapter, type LogLine, loggedErrors, optionsFor } from './adapter-under-test.js';
import { partsAreThere } from './parts.js';
import { until } from './vcsim.js';
import { type Answer, envelope, returns, serverIdOfVm, VsphereDouble, vmPage } from './vsphere-double.js';

const there = await partsAreThere('faults of vSphere', 'debian-packages.sh', ['openssl']);
const ID = serverIdOfVm('vm-1');
const TICKET = 'ticket-52e09d';
let double: VsphereDouble;
let port: HypervisorPort;
let log: readonly LogLine[];
let now: number;

beforeEach(async () => {
  if (!there) return;
  double = await new VsphereDouble().start();
  now = 0;
  await adapt();
});

afterEach(async () => {
  if (!there) return;
  await port.close();
  await double.stop();
  // Whatever went wrong, nothing secret is told of it.
  const told = inspect(log, { depth: null, showHidden: true });
  expect(told).not.toContain(TICKET);
  expect(told).not.toContain(double.password);
});

async function adapt(more: object = {}): Promise<void> {
  ({ port, log } = await createAdapter(optionsFor(double, { timeout: 1, ...more }), { now: () => now }));
}

const raw = (answer: (response: ServerResponse) => void): Answer => ({ raw: answer });
const unavailable = { code: 'hypervisor-unavailable', message: expect.not.stringContaining(TICKET) };
const server = { id: ID, name: 'vm-1', projectId: 'project-1', vmState: 'active' } as const;

describe.skipIf(!there)('an answer that is none', () => {
  it.each<[string, (response: ServerResponse) => void, RegExp]>([
    ['is no XML', (response) => response.end('Service Unavailable'), /not XML/],
    [
      'has a document type',
      (response) => response.end('<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'),
      /not XML/,
    ],
    ['is another call’s', (response) => response.end(envelope('<LoginResponse/>')), /not one/],
    ['has status 503', (response) => response.writeHead(503).end('starting'), /status 503/],
    ['redirects', (response) => response.writeHead(302, { location: '/sdk/elsewhere' }).end(), /status 302/],
    [
      'is cut off',
      (response) => response.writeHead(200, { 'content-length': 999 }).write('<a') && response.socket?.end(),
      /./,
    ],
    ['never comes', () => undefined, /in time/],
    ['never ends', (response) => void response.write('<soapenv:Envelope>'), /in time/],
  ])('that %s makes the hypervisor unavailable', async (_, answer, told) => {
    double.on('CurrentTime', raw(answer));
    await expect(port.check()).rejects.toMatchObject(unavailable);
    expect(loggedErrors(log)).toMatch(told);
    expect(double.requests).not.toContain('/sdk/elsewhere');
  });

  it('that goes on without end is broken off', async () => {
    let sent = 0;
    let closed = false;
    double.on(
      'CurrentTime',
      raw((response) => {
        const chunk = Buffer.alloc(256 * 1024, ' ');
        const pour = () => {
          for (let more = true; more && !closed; sent += chunk.length) more = response.write(chunk);
        };
        response.on('drain', pour);
        response.on('close', () => {
          closed = true;
        });
        pour();
      }),
    );
    await expect(port.check()).rejects.toMatchObject(unavailable);
    await until('the end of the connection', () => closed);
    expect(loggedErrors(log)).toContain('more than 8388608 bytes');
    expect(sent).toBeLessThan(32 * 1024 * 1024);
  });
});

describe.skipIf(!there)('the connection', () => {
  it('is not used, not for one byte of a request, where the certificate is not the pinned one', async () => {
    await port.close();
    await adapt({ trust: { sha256: '00'.repeat(32) } });
    await expect(port.check()).rejects.toMatchObject(unavailable);
    expect(double.requests).toEqual([]);
  });

  it('that the server closed while it was idle is opened again', async () => {
    await port.check();
    double.on('CurrentTime', (_, count) =>
      count === 2 ? raw((response) => response.socket?.destroy()) : { returns: '<returnval>now</returnval>' },
    );
    await port.check();
    expect(double.count('CurrentTime')).toBe(3);
  });

  it('that the server closes each time is not opened without end', async () => {
    double.on(
      'CurrentTime',
      raw((response) => response.socket?.destroy()),
    );
    await expect(port.check()).rejects.toMatchObject(unavailable);
    expect(double.count('CurrentTime')).toBeLessThanOrEqual(2);
  });
});

describe.skipIf(!there)('the session', () => {
  it('is opened in the server’s newest version, with the account and the cookie as they are', async () => {
    await port.check();
    const login = double.calls.find(({ method }) => method === 'Login');
    expect(login?.element.textOf('userName')).toBe(double.username);
    expect(login?.element.textOf('password')).toBe(double.password);
    expect(double.calls.at(-1)).toMatchObject({
      method: 'CurrentTime',
      cookie: 'vmware_soap_session="ab cd/ef"',
      soapAction: '"urn:vim25/8.0.2.0"',
    });
  });

  it('is opened in version 6.5 with a server that does not tell its versions', async () => {
    double.version = undefined;
    await port.check();
    expect(double.calls.at(-1)?.soapAction).toBe('"urn:vim25/6.5"');
  });

  it('is opened once for many callers, also when it has ended, and without the cookie of the last', async () => {
    let ended = true;
    double.on('CurrentTime', ({ cookie }) =>
      ended && cookie !== undefined && double.count('Login') === 1
        ? { fault: 'NotAuthenticated' }
        : { returns: '' },
    );
    await Promise.all(Array.from({ length: 20 }, () => port.check()));
    expect(double.count('Login')).toBe(2);
    ended = false;
    await port.check();
    expect(double.count('Login')).toBe(2);
    for (const { method, cookie } of double.calls) {
      if (method === 'Login' || method === 'RetrieveServiceContent') expect(cookie).toBeUndefined();
    }
  });

  it('that ends again and again is opened twice for a caller, no more', async () => {
    double.on('CurrentTime', { fault: 'NotAuthenticated' });
    await expect(port.check()).rejects.toMatchObject(unavailable);
    expect(double.count('Login')).toBe(2);
  });

  it('is also over where properties are missing for want of it', async () => {
    const missing = `<objects><obj type="VirtualMachine">vm-1</obj><missingSet><path>name</path><fault>
      <fault xsi:type="NotAuthenticated"/></fault></missingSet></objects>`;
    double.on('RetrievePropertiesEx', (_, count) => (count === 1 ? returns(missing) : vmPage(['vm-1'])));
    expect(await port.findServer(ID)).toEqual(server);
    expect(double.count('Login')).toBe(2);
  });

  it('with a wrong password is tried once in half a minute, however many ask', async () => {
    double.on('Login', { fault: 'InvalidLogin' });
    const ask = () => Promise.allSettled(Array.from({ length: 10 }, () => port.check()));
    await ask();
    now += 29_999;
    await ask();
    expect(double.count('Login')).toBe(1);
    now += 1;
    await ask();
    expect(double.count('Login')).toBe(2);
  });

  it('that does not come to be in time keeps nobody waiting, and the next caller gets one', async () => {
    double.on(
      'RetrieveServiceContent',
      raw(() => undefined),
    );
    await expect(port.check()).rejects.toMatchObject(unavailable);
    expect(Object.keys(log.at(-1)?.fields ?? {})).toContain('err');
    double.on(
      'RetrieveServiceContent',
      returns(
        ['sessionManager', 'searchIndex', 'propertyCollector', 'viewManager', 'rootFolder']
          .map((name) => `<${name} type="T">x</${name}>`)
          .join(''),
      ),
    );
    await until('a session', () =>
      port.check().then(
        () => true,
        () => false,
      ),
    );
  });

  it('without cookie, or of a server that is no vSphere, is none', async () => {
    double.on('Login', { returns: '' });
    await expect(port.check()).rejects.toMatchObject(unavailable);
    double.on('RetrieveServiceContent', returns('<about/>'));
    await expect(port.check()).rejects.toMatchObject(unavailable);
  });
});

describe.skipIf(!there)('servers', () => {
  it('are read page by page', async () => {
    double.on('RetrievePropertiesEx', vmPage(['vm-1', 'vm-2'], 'one'));
    double.on('ContinueRetrievePropertiesEx', ({ element }) =>
      element.textOf('token') === 'one' ? vmPage(['vm-3'], 'two') : vmPage(['vm-4']),
    );
    expect((await port.listServers()).map(({ name }) => name)).toEqual(['vm-1', 'vm-2', 'vm-3', 'vm-4']);
    expect(
      double.calls
        .find(({ method }) => method === 'RetrievePropertiesEx')
        ?.element.child('options')
        ?.textOf('maxObjects'),
    ).toBe('100');
    expect(double.count('DestroyView')).toBe(1);
  });

  it('whose list fails leave no view behind', async () => {
    double.on('RetrievePropertiesEx', { fault: 'InvalidProperty' });
    await expect(port.listServers()).rejects.toMatchObject(unavailable);
    expect(double.count('DestroyView')).toBe(1);
  });

  it('that are deleted between two calls are not there', async () => {
    double.on('RetrievePropertiesEx', { fault: 'ManagedObjectNotFound' });
    expect(await port.findServer(ID)).toBeUndefined();
    double.on('AcquireTicket', { fault: 'ManagedObjectNotFound' });
    await expect(port.openConsole(server, 'webmks')).rejects.toMatchObject({ code: 'server-not-found' });
  });
});

describe.skipIf(!there)('a console', () => {
  it.each([
    ['InvalidState', 'server-not-ready'],
    ['TaskInProgress', 'server-not-ready'],
    ['HostNotConnected', 'server-not-ready'],
    ['InvalidArgument', 'console-not-implemented'],
    ['NotSupported', 'console-not-implemented'],
    ['NoPermission', 'hypervisor-unavailable'],
    ['SomethingNew', 'hypervisor-unavailable'],
  ])('that vSphere refuses with %s is %s', async (fault, code) => {
    double.on('AcquireTicket', { fault });
    await expect(port.openConsole(server, 'webmks')).rejects.toMatchObject({ code });
    if (code === 'hypervisor-unavailable') expect(loggedErrors(log)).toContain(fault);
  });

  it.each([
    `<ticket>${TICKET}</ticket><port>99999</port>`,
    `<ticket>${TICKET}</ticket><host>not a host</host>`,
    `<ticket>${TICKET}</ticket>`,
    `<ticket>${TICKET}</ticket><sslThumbprint>${'AB:'.repeat(19)}AB</sslThumbprint><url>http://h/${TICKET}</url>`,
    `<ticket>${TICKET}</ticket><sslCertificate>${TICKET}</sslCertificate>`,
    `<ticket>${TICKET}</tic`,
  ])('with the unusable ticket %s is refused without showing it', async (ticket) => {
    double.on(
      'AcquireTicket',
      raw((response) =>
        response.end(
          envelope(`<AcquireTicketResponse><returnval>${ticket}</returnval></AcquireTicketResponse>`),
        ),
      ),
    );
    await expect(port.openConsole(server, 'webmks')).rejects.toMatchObject(unavailable);
  });
});

describe.skipIf(!there)('the watch', () => {
  const update = (id: string, kind: string, power: string) => `<objectSet><kind>${kind}</kind>
    <obj type="VirtualMachine">${id}</obj>${
      kind === 'leave'
        ? ''
        : `<changeSet><name>config.instanceUuid</name><op>assign</op><val>${serverIdOfVm(id)}</val></changeSet>
           <changeSet><name>runtime.powerState</name><op>assign</op><val>${power}</val></changeSet>`
    }</objectSet>`;
  const set = (version: string, updates: string, truncated = false): Answer =>
    returns(
      `<version>${version}</version><filterSet>${updates}</filterSet><truncated>${truncated}</truncated>`,
    );
  const hang = raw(() => undefined);

  it('subscribes anew where the subscription is lost, and tells then what happened meanwhile', async () => {
    const events: ServerEvent[] = [];
    double.on('WaitForUpdatesEx', ({ element }, count) => {
      const version = element.textOf('version') ?? '';
      if (count === 1) return set('1', update('vm-1', 'enter', 'poweredOn'), true);
      if (version === '1')
        return set('2', update('vm-2', 'enter', 'poweredOn') + update('vm-3', 'enter', 'poweredOn'));
      if (version === '2') return { fault: 'InvalidCollectorVersion' };
      if (version === '') return set('3', update('vm-1', 'enter', 'poweredOff'), true);
      if (version === '3') return set('4', update('vm-2', 'enter', 'poweredOn'));
      return hang;
    });
    const stop = port.watch((event) => events.push(event));
    await until('both events', () => events.length === 2);
    expect(events).toEqual([
      { serverId: serverIdOfVm('vm-1'), kind: 'stopped' },
      { serverId: serverIdOfVm('vm-3'), kind: 'deleted' },
    ]);
    expect(log.filter(({ level }) => level === 'warn')).toHaveLength(1);
    stop();
    await port.close();
    expect(double.count('DestroyPropertyCollector')).toBe(2);
    expect(double.count('DestroyView')).toBe(2);
    expect(double.count('Logout')).toBe(1);
  });

  it('waits where nothing has changed, and keeps its place', async () => {
    const versions: string[] = [];
    const events: ServerEvent[] = [];
    double.on('WaitForUpdatesEx', ({ element }, count) => {
      versions.push(element.textOf('version') ?? '');
      if (count === 1) return set('1', update('vm-1', 'enter', 'poweredOn'));
      if (count === 2) return { returns: '' };
      return count === 3 ? set('2', update('vm-1', 'leave', '')) : hang;
    });
    port.watch((event) => events.push(event));
    await until('the event', () => events.length === 1);
    expect(versions.slice(0, 3)).toEqual(['', '1', '1']);
  });

  it('tells all listeners, also where one of them fails', async () => {
    const events: ServerEvent[] = [];
    double.on('WaitForUpdatesEx', (_, count) => {
      if (count === 1) return set('1', update('vm-1', 'enter', 'poweredOn'));
      return count === 2 ? set('2', update('vm-1', 'leave', '')) : hang;
    });
    port.watch(() => {
      throw new Error('listener');
    });
    port.watch((event) => events.push(event));
    await until('the event', () => events.length === 1);
    expect(log.filter(({ level }) => level === 'error')).toHaveLength(1);
  });
});
