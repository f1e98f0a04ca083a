import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAdapter, optionsFor } from './adapter-under-test.js';
import { openConsoleSocket } from './console-socket.js';
import { partsAreThere, simulatorIsThere } from './parts.js';
import { Vcsim } from './vcsim.js';

const script = fileURLToPath(new URL('foreign_client.py', import.meta.url));
/** Debian's, whose modules another Python would not find. */
const python = '/usr/bin/python3';

interface ForeignAnswer {
  readonly servers: Readonly<
    Record<string, { readonly name: string; readonly host: string; readonly power: string }>
  >;
  readonly first: string;
  readonly found: boolean;
  readonly unknown: boolean;
  readonly ticket: {
    readonly ticket: string;
    readonly host: string;
    readonly port: number;
    readonly sha1: string;
  };
  readonly wrongType: string;
  readonly wrongPassword: string;
}

const there =
  (await simulatorIsThere()) && (await partsAreThere('pyvmomi', 'debian-packages.sh', ['python3-pyvmomi']));

describe.skipIf(!there)('pyvmomi and the adapter', () => {
  let vcsim: Vcsim;
  let foreign: ForeignAnswer;

  beforeAll(async () => {
    vcsim = await Vcsim.start();
    const { username, password } = vcsim.ready;
    const account = ['127.0.0.1', `${vcsim.port}`, username, password];
    const { stdout } = await promisify(execFile)(python, [
      script,
      ...account,
      'openstack project',
      'from-pyvmomi',
    ]);
    foreign = JSON.parse(stdout);
  });

  afterAll(() => vcsim?.stop());

  it('are answered by the simulator as vSphere’s reference says', () => {
    expect(foreign).toMatchObject({
      found: true,
      unknown: true,
      wrongType: 'InvalidArgument',
      wrongPassword: 'InvalidLogin',
    });
    expect(foreign.ticket).toEqual({
      ticket: expect.stringMatching(/./),
      host: '127.0.0.1',
      port: vcsim.port,
      sha1: vcsim.ready.sha1,
    });
  });

  it('see the same servers, and the project that the one has set', async () => {
    const project = { customAttribute: 'openstack project', default: 'none' };
    const { port } = await createAdapter(optionsFor(vcsim.ready, { project }));
    const servers = await port.listServers();
    await port.close();
    const seen = servers.map(({ id, name, host, vmState }) => [
      id,
      { name, host, power: vmState === 'active' ? 'poweredOn' : 'poweredOff' },
    ]);
    expect(Object.fromEntries(seen)).toEqual(foreign.servers);
    for (const { id, projectId } of servers)
      expect(projectId).toBe(id === foreign.first ? 'from-pyvmomi' : 'none');
  });

  it('get tickets that open a console', async () => {
    const { ticket, host, port } = foreign.ticket;
    const opened = await openConsoleSocket({
      serverId: foreign.first,
      type: 'webmks',
      transport: { kind: 'websocket', url: `wss://${host}:${port}/ticket/${ticket}` },
      security: { kind: 'none' },
      connectInfo: { host, port, tlsPort: null, internalAccessPath: null },
    });
    expect(opened.status).toBe(101);
  });
});
