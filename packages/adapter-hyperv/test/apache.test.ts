import { writeFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { inspect } from 'node:util';
import type { HypervisorPort } from '@remote-consoles/core';
import { element } from '@remote-consoles/soap-xml';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createAdapter, type LogLine, loggedErrors } from './adapter-under-test.js';
import { CONSOLE_PASSWORD, DATABASE, type Door, Lab, OFF, OTHER, until, WEB } from './lab.js';
import { fault, reply, type WsmanService } from './wsman-stub.js';

const started = await Lab.start();
const there = started !== undefined;
const lab = started as Lab;

let port: HypervisorPort | undefined;
let log: readonly LogLine[] = [];
let now = 0;

beforeEach(() => {
  started?.reset();
  now = 0;
});
afterEach(async () => {
  await port?.close();
  port = undefined;
  const told = inspect(log, { depth: null, showHidden: true });
  for (const secret of ['hvpass', 'aHZhZG1pbjpodnBhc3M', 'Wr0ng-pw', CONSOLE_PASSWORD]) {
    expect(told).not.toContain(secret);
  }
});
afterAll(() => started?.stop());

async function adapt(hosts: readonly object[], more: object = {}): Promise<HypervisorPort> {
  const settings = { configDirectory: lab.directory, now: () => now };
  ({ port, log } = await createAdapter(lab.options(hosts, more), settings));
  return port;
}

const unavailable = {
  code: 'hypervisor-unavailable',
  message: 'hypervisor hyperv-1 does not answer; try again later',
};
const id = (guid: string) => guid.toLowerCase();
const account = (passwordFile: string) => ({ method: 'ntlm', user: 'LAB\\hvadmin', passwordFile });

describe.skipIf(!there)('a host lets in', () => {
  it.each<[Door, string, string, RegExp]>([
    ['ntlm', WEB, 'LAB\\hvadmin', /^Negotiate TlRMTVNTUAAD/],
    ['basic', DATABASE, 'hvadmin', /^Basic /],
    ['certificate', OTHER, 'consoles', /^http:\/\/schemas.dmtf.org\/.*\/secprofile\/https\/mutual$/],
  ])('by %s', async (door, guid, user, authorization) => {
    const hyperv = await adapt([lab.host(door)]);
    expect(await hyperv.findServer(id(guid))).toMatchObject({ id: id(guid), host: `hv-${door}` });
    expect(lab.service(door).messages[0]).toMatchObject({
      user,
      authorization: expect.stringMatching(authorization),
    });
  });

  it('one connection with NTLM, once, for everything that is asked after it', async () => {
    const hyperv = await adapt([lab.host('ntlm')]);
    await Promise.all(Array.from({ length: 20 }, () => hyperv.findServer(id(WEB))));
    const { messages } = lab.service('ntlm');
    expect(messages).toHaveLength(20);
    expect(messages.filter(({ authorization }) => authorization !== undefined)).toHaveLength(1);
    for (const { user } of messages) expect(user).toBe('LAB\\hvadmin');
  });

  it.each<Door>(['ntlm', 'basic', 'certificate'])(
    'again by %s when the connection was closed',
    async (door) => {
      const hyperv = await adapt([lab.host(door)]);
      await hyperv.check();
      lab.apache = await lab.apache.restart();
      await hyperv.check();
      expect(log).toEqual([]);
      expect(lab.service(door).messages.at(-1)?.authorization).toBeDefined();
    },
  );

  it('a host whose certificate an authority of the operator’s has signed', async () => {
    for (const address of ['localhost', '127.0.0.1']) {
      const hyperv = await adapt([lab.host('ntlm', { address, trust: { caFile: 'server.pem' } })]);
      await hyperv.check();
      await hyperv.close();
    }
  });
});

describe.skipIf(!there)('a host does not let in', () => {
  it('a wrong password; it is tried once in half a minute, however many ask', async () => {
    const file = 'changing-password';
    await writeFile(join(lab.directory, file), 'Wr0ng-pw');
    const hyperv = await adapt([lab.host('ntlm', { winrm: account(file) })]);
    const refusals = () => loggedErrors(log).split('check user and password').length - 1;
    const ask = () => Promise.allSettled(Array.from({ length: 5 }, () => hyperv.check()));
    await expect(hyperv.check()).rejects.toMatchObject(unavailable);
    expect(loggedErrors(log)).toBe('WsmanRefused: the host refuses the account: check user and password');
    await writeFile(join(lab.directory, file), lab.apache.report.password);
    now += 29_999;
    await ask();
    expect(lab.service('ntlm').messages).toEqual([]);
    expect(refusals()).toBe(6);
    expect(
      log.filter(({ fields }) => 'err' in fields && String(fields.err).startsWith('WsmanRefused')),
    ).toHaveLength(1);
    now += 1;
    await hyperv.check();
  });

  it('a wrong password by Basic, or another’s certificate', async () => {
    const basic = { method: 'basic', user: 'hvadmin', passwordFile: 'wrong-password' };
    await expect((await adapt([lab.host('basic', { winrm: basic })])).check()).rejects.toMatchObject(
      unavailable,
    );
    expect(loggedErrors(log)).toContain('check user and password');
    await port?.close();
    const stranger = { method: 'certificate', certificateFile: 'stranger.pem', keyFile: 'stranger.key' };
    const hyperv = await adapt([lab.host('certificate', { winrm: stranger })]);
    await expect(hyperv.check()).rejects.toMatchObject(unavailable);
    expect(lab.service('basic').messages).toEqual([]);
    expect(lab.service('certificate').messages).toEqual([]);
  });

  it('NTLM where it has only Basic, and says what to look at', async () => {
    const hyperv = await adapt([lab.host('basic', { winrm: account('winrm-password') })]);
    await expect(hyperv.check()).rejects.toMatchObject(unavailable);
    expect(loggedErrors(log)).toContain('is Negotiate allowed');
  });

  it('anybody whose password cannot be read', async () => {
    const hyperv = await adapt([lab.host('ntlm', { winrm: account('missing-file') })]);
    await expect(hyperv.check()).rejects.toMatchObject(unavailable);
    expect(loggedErrors(log)).toContain('missing-file');
  });
});

describe.skipIf(!there)('a host that is not believed hears not one byte of a request', () => {
  it.each<[string, unknown, RegExp]>([
    ['another pin', { sha256: '00'.repeat(32) }, /not the pinned one/],
    ['another authority', { caFile: 'client.pem' }, /self-signed certificate|unable to verify/],
    ['the system’s authorities', 'system', /self-signed certificate/],
  ])('with %s', async (_, trust, told) => {
    const hyperv = await adapt([lab.host('basic', { trust })]);
    await expect(hyperv.check()).rejects.toMatchObject(unavailable);
    expect(loggedErrors(log)).toMatch(told);
    expect(lab.service('basic').messages).toEqual([]);
  });

  it('under another name than its certificate’s', async () => {
    const trust = { caFile: 'server.pem' };
    const hyperv = await adapt([lab.host('basic', { address: '0.0.0.0', trust })]);
    await expect(hyperv.check()).rejects.toMatchObject(unavailable);
    expect(loggedErrors(log)).toContain("does not match certificate's altnames");
    expect(lab.service('basic').messages).toEqual([]);
  });
});

describe.skipIf(!there)('an answer that is none', () => {
  const soap = { 'content-type': 'application/soap+xml;charset=UTF-8' };

  it.each<[string, (response: ServerResponse) => void, RegExp]>([
    ['is no SOAP', (response) => response.end('<html/>'), /no SOAP answer, but status 200/],
    ['has status 503', (response) => response.writeHead(503, soap).end('starting'), /status 503/],
    ['redirects', (response) => response.writeHead(302, { location: '/elsewhere' }).end(), /status 302/],
    ['is forbidden', (response) => response.writeHead(403).end(), /status 403/],
    ['is no XML', (response) => response.writeHead(200, soap).end('{}'), /not XML/],
    [
      'has a document type',
      (response) => response.writeHead(200, soap).end('<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'),
      /not XML/,
    ],
    [
      'is another’s',
      (response) => reply(response, 200, element('n:PullResponse', '')),
      /no EnumerateResponse/,
    ],
    [
      'neither ends nor goes on',
      (response) => reply(response, 200, element('n:EnumerateResponse', '')),
      /neither ends/,
    ],
    [
      'is a fault',
      (response) => fault(response, 'w:AccessDenied', 'Access\u0085is denied.', '5'),
      /WsmanFault: AccessDenied \(5\): Access is denied\./,
    ],
    ['never comes', () => undefined, /in time/],
    ['never ends', (response) => void response.writeHead(200, soap).write('<s:Envelope>'), /in time/],
  ])('that %s makes the hypervisor unavailable', async (_, answer, told) => {
    const hyperv = await adapt([lab.host('ntlm')], { timeout: 1 });
    lab.service('ntlm').interfere = (_message, response) => {
      answer(response);
      return true;
    };
    await expect(hyperv.check()).rejects.toMatchObject(unavailable);
    expect(loggedErrors(log)).toMatch(told);
    // What is wrong with one answer says nothing about the next.
    lab.service('ntlm').interfere = () => false;
    now += 30_000;
    await hyperv.check();
  });

  it('that goes on without end is broken off', async () => {
    const hyperv = await adapt([lab.host('ntlm')], { timeout: 10 });
    let sent = 0;
    let closed = false;
    lab.service('ntlm').interfere = (_message, response) => {
      const chunk = Buffer.alloc(64 * 1024, ' ');
      const pour = () => {
        for (let more = true; more && !closed; sent += chunk.length) more = response.write(chunk);
      };
      response.writeHead(200, soap);
      response.on('drain', pour);
      response.on('close', () => {
        closed = true;
      });
      pour();
      return true;
    };
    await expect(hyperv.check()).rejects.toMatchObject(unavailable);
    expect(loggedErrors(log)).toContain('more than 2097152 bytes');
    await until('the end of the connection', () => closed);
    expect(sent).toBeLessThan(32 * 1024 * 1024);
  });
});

describe.skipIf(!there)('a host that hangs', () => {
  it('is waited for once; who asks next is told at once, until it may have come back', async () => {
    const hyperv = await adapt([lab.host('ntlm')], { timeout: 1 });
    lab.service('ntlm').interfere = () => true;
    const outcomes = await Promise.allSettled(Array.from({ length: 10 }, () => hyperv.findServer(id(WEB))));
    expect(outcomes.every(({ status }) => status === 'rejected')).toBe(true);
    lab.service('ntlm').interfere = () => false;
    const before = Date.now();
    await expect(hyperv.check()).rejects.toMatchObject(unavailable);
    expect(Date.now() - before).toBeLessThan(200);
    expect(lab.service('ntlm').messages).toHaveLength(1);
    now += 5_000;
    expect(await hyperv.findServer(id(WEB))).toBeDefined();
  });

  it('delays neither the servers of another host nor the list for long', async () => {
    const hyperv = await adapt([lab.host('ntlm'), lab.host('basic')], { timeout: 1 });
    lab.service('ntlm').interfere = () => true;
    const before = Date.now();
    const server = await hyperv.findServer(id(DATABASE));
    expect(server?.host).toBe('hv-basic');
    expect(Date.now() - before).toBeLessThan(500);
    await hyperv.openConsole(server!, 'rdp-html5');
    await hyperv.check();
    expect((await hyperv.listServers()).map(({ name }) => name)).toEqual(['database']);
    const again = Date.now();
    expect(await hyperv.listServers()).toHaveLength(1);
    expect(Date.now() - again).toBeLessThan(200);
    await expect(hyperv.findServer(id(WEB))).rejects.toMatchObject(unavailable);
  });

  it('is given up by those who wait when the adapter is closed', async () => {
    const hyperv = await adapt([lab.host('ntlm')], { timeout: 60 });
    lab.service('ntlm').interfere = () => true;
    const asked = Promise.allSettled([hyperv.check(), hyperv.check()]);
    await until('the request', () => lab.service('ntlm').messages.length === 1);
    await hyperv.close();
    for (const { status } of await asked) expect(status).toBe('rejected');
  });
});

describe.skipIf(!there)('a query', () => {
  const names = async (hyperv: HypervisorPort) => (await hyperv.listServers()).map(({ name }) => name);

  it('is pulled page by page', async () => {
    const hyperv = await adapt([lab.host('ntlm')]);
    lab.service('ntlm').pageSize = 1;
    expect(await names(hyperv)).toEqual(['web', 'off']);
    expect(lab.service('ntlm').count('Pull')).toBe(2);
    expect(lab.service('ntlm').contexts.size).toBe(0);
  });

  it('reads items in either shape', async () => {
    const hyperv = await adapt([lab.host('ntlm')]);
    lab.service('ntlm').fragments = true;
    lab.service('ntlm').wmi.listenerPort = 2180;
    const [web] = await hyperv.listServers();
    expect(web).toMatchObject({ id: id(WEB), name: 'web', vmState: 'active' });
    expect((await hyperv.openConsole(web!, 'rdp-html5')).connectInfo.port).toBe(2180);
  });

  it('is given back where it cannot be read to its end', async () => {
    const hyperv = await adapt([lab.host('ntlm')]);
    const service: WsmanService = lab.service('ntlm');
    service.pageSize = 1;
    service.interfere = ({ action }, response) => {
      if (action !== 'Pull') return false;
      reply(response, 200, element('n:PullResponse', ''));
      return true;
    };
    await expect(hyperv.listServers()).rejects.toMatchObject(unavailable);
    expect(service.count('Release')).toBe(1);
    expect(service.contexts.size).toBe(0);
  });

  it('that never ends is ended', async () => {
    const hyperv = await adapt([lab.host('ntlm')], { timeout: 10 });
    lab.service('ntlm').interfere = ({ action }, response) => {
      if (action === 'Release') return false;
      const content = [element('n:EnumerationContext', 'uuid:1'), element('n:Items', '')];
      reply(response, 200, element(action === 'Pull' ? 'n:PullResponse' : 'n:EnumerateResponse', content));
      return true;
    };
    await expect(hyperv.listServers()).rejects.toMatchObject(unavailable);
    expect(loggedErrors(log)).toContain('more objects than are read');
    expect(lab.service('ntlm').count('Pull')).toBe(499);
    expect(lab.service('ntlm').count('Release')).toBe(1);
  });

  it('is for Hyper-V’s namespace: an invalid one is told by its number', async () => {
    const hyperv = await adapt([lab.host('ntlm')]);
    lab.service('ntlm').wmi.query = () => undefined;
    await expect(hyperv.findServer(id(OFF))).rejects.toMatchObject(unavailable);
    expect(loggedErrors(log)).toContain('CannotProcessFilter (2150859002)');
  });
});
