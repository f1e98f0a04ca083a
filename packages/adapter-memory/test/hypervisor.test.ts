import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ServerEvent } from '@remote-consoles/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { memoryHypervisor, open, SERVER_ID, tcpPort, withConsoles } from './support/memory-hypervisor.js';

let directory = '';

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'memory-hypervisor-'));
  await writeFile(join(directory, 'password'), 'from a file\n');
  await writeFile(join(directory, 'ca.pem'), 'CERTIFICATE');
});

afterAll(() => rm(directory, { recursive: true }));

describe('the inventory', () => {
  it('gives fixed addresses, with secrets and certificates from files', async () => {
    const hypervisor = await withConsoles(
      {
        vnc: {
          host: '192.0.2.1',
          port: 5901,
          passwordFile: 'password',
          tls: { caFile: 'ca.pem', serverName: 'vnc.example' },
        },
        serial: { host: '192.0.2.2', port: 4555 },
        spice: {
          host: '192.0.2.3',
          port: 5930,
          tlsPort: 5931,
          password: 't',
          tls: { fingerprint: 'AB:'.repeat(32).slice(0, -1) },
        },
        rdp: { host: '192.0.2.4', user: 'u', domain: 'D', passwordFile: join(directory, 'password') },
      },
      directory,
    );
    const vnc = await open(hypervisor, 'novnc');
    const tls = { trust: { kind: 'ca', ca: 'CERTIFICATE' }, serverName: 'vnc.example' };
    expect(vnc).toMatchObject({
      serverId: SERVER_ID,
      type: 'novnc',
      transport: { kind: 'tcp', host: '192.0.2.1', port: 5901 },
      security: { kind: 'rfb', tls, tlsRequired: true },
      connectInfo: { host: '192.0.2.1', port: 5901, tlsPort: null, internalAccessPath: null },
    });
    expect(vnc.security.kind === 'rfb' && vnc.security.password?.reveal()).toBe('from a file');
    expect(await open(hypervisor, 'serial')).toMatchObject({
      transport: { host: '192.0.2.2', port: 4555 },
      security: { kind: 'none' },
    });
    const spice = await open(hypervisor, 'spice-direct');
    expect(spice).toMatchObject({
      type: 'spice-direct',
      transport: {
        kind: 'tls',
        port: 5931,
        tls: { trust: { kind: 'pin', algorithm: 'sha256', fingerprint: 'ab'.repeat(32) } },
      },
      connectInfo: { port: 5930, tlsPort: 5931 },
    });
    expect(spice.security.kind === 'spice-ticket' && spice.security.ticket.reveal()).toBe('t');
    const rdp = await open(hypervisor, 'rdp-html5');
    expect(rdp).toMatchObject({
      transport: { port: 3389 },
      security: { kind: 'rdp', mode: 'nla', account: { user: 'u', domain: 'D' } },
    });
    await hypervisor.close();
  });

  it('lets a VNC server without TLS be, and one with TLS required by itself', async () => {
    const plain = await withConsoles({ vnc: { host: 'v' } });
    expect((await open(plain, 'novnc')).security).toEqual({ kind: 'rfb', tlsRequired: false });
    const either = await withConsoles({ vnc: { host: 'v', tls: {}, tlsRequired: false } });
    const tls = { trust: { kind: 'system' } };
    expect((await open(either, 'novnc')).security).toEqual({ kind: 'rfb', tls, tlsRequired: false });
  });

  it('names a file that it cannot read', async () => {
    await expect(withConsoles({ vnc: { host: 'v', passwordFile: 'missing' } }, directory)).rejects.toThrow(
      'cannot read missing: ENOENT',
    );
  });
});

describe('the life of a server', () => {
  it('is told to who watches, and shows in the server', async () => {
    const hypervisor = await withConsoles({ vnc: 'live', serial: 'live' });
    const events: ServerEvent[] = [];
    const stop = hypervisor.watch((event) => events.push(event));
    hypervisor.watch(() => {
      throw new Error('a listener of somebody else');
    });
    const server = () => hypervisor.findServer(SERVER_ID);
    hypervisor.change(SERVER_ID, { taskState: 'migrating' });
    expect(await server()).toMatchObject({ taskState: 'migrating', host: 'compute-1' });
    await hypervisor.migrate(SERVER_ID, 'compute-2');
    hypervisor.change(SERVER_ID, { taskState: null });
    expect(await server()).toMatchObject({ host: 'compute-2', vmState: 'active' });
    expect((await server())?.taskState).toBeUndefined();
    await hypervisor.stop(SERVER_ID);
    expect((await server())?.vmState).toBe('stopped');
    hypervisor.start(SERVER_ID);
    expect((await server())?.vmState).toBe('active');
    await hypervisor.delete(SERVER_ID);
    expect(await server()).toBeUndefined();
    expect(events.map(({ kind }) => kind)).toEqual(['migrated', 'stopped', 'deleted']);
    stop();
    expect(() => hypervisor.change(SERVER_ID, {})).toThrow(
      expect.objectContaining({ code: 'server-not-found' }),
    );
    await hypervisor.close();
  });

  it('serves a console at one port until it ends', async () => {
    const hypervisor = await withConsoles({ vnc: 'live' });
    const first = tcpPort(await open(hypervisor, 'novnc'));
    expect(tcpPort(await open(hypervisor, 'xvpvnc'))).toBe(first);
    await hypervisor.close();
  });

  it('has no console where it is on no host, in a task that has none, or without the device', async () => {
    const server = { id: SERVER_ID, name: 'x', project: 'p', consoles: { vnc: 'live' } };
    const refusal = async (change: object, type: 'novnc' | 'webmks' = 'novnc', protocols?: string[]) => {
      const hypervisor = await memoryHypervisor({
        servers: [{ ...server, ...change }],
        ...(protocols && { protocols }),
      });
      return open(hypervisor, type).then(
        () => 'opened',
        (error: { code: string }) => error.code,
      );
    };
    expect(await refusal({})).toBe('server-not-ready');
    expect(await refusal({ host: 'h', vmState: 'building' })).toBe('server-not-ready');
    expect(await refusal({ host: 'h', taskState: 'deleting' })).toBe('server-state-invalid');
    expect(await refusal({ host: 'h' }, 'webmks')).toBe('console-type-unavailable');
    expect(await refusal({ host: 'h' }, 'webmks', ['vnc'])).toBe('console-not-implemented');
  });
});
