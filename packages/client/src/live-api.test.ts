import { describe, expect, it } from 'vitest';
import { BASES, SERVERS } from '../../http-api/test/fixtures/fixture-cloud.js';
import { useCloud } from '../../http-api/test/fixtures/use-cloud.js';
import { CONSOLE_TYPES, RemoteConsolesClient } from './index.js';

const fixture = useCloud();
const { everything, headless, limited, stopped, foreign } = SERVERS;

const as = (token: string, endpoint = `${fixture.cloud.url}/v2.1`) =>
  new RemoteConsolesClient({ endpoint, token });

describe('against a live API', () => {
  it.each(CONSOLE_TYPES)('creates a console of type %s', async (type) => {
    const console = await as('member').createConsole(everything.id, type);
    expect(console).toEqual({
      protocol: expect.any(String),
      type,
      url: expect.stringContaining(BASES[type]),
    });
  });

  it('lists, filters, shows and finds servers', async () => {
    const client = as('member');
    const servers = await client.listServers();
    expect(servers.map(({ name }) => name)).toContain('stopped');
    expect(servers.map(({ name }) => name)).not.toContain('foreign');
    expect(await client.listServers({ name: '^stopped$' })).toEqual([
      { id: stopped.id, name: 'stopped', status: 'SHUTOFF', projectId: stopped.projectId },
    ]);
    expect((await client.showServer(headless.id)).name).toBe('headless');
    expect((await client.findServer('headless')).id).toBe(headless.id);
    expect((await client.findServer(headless.id)).name).toBe('headless');
    expect(
      (await as('admin').listServers({ allProjects: true, status: 'ACTIVE' })).map(({ id }) => id),
    ).toContain(foreign.id);
  });

  it('reads console output', async () => {
    expect(await as('member').readConsoleOutput(everything.id)).toBe('one\ntwo\tbell\nthree\n');
    expect(await as('member').readConsoleOutput(everything.id, { lines: 1 })).toBe('three\n');
  });

  it('shows where a token leads', async () => {
    const { url } = await as('member').createConsole(everything.id, 'spice-direct');
    const token = new URL(url).searchParams.get('token') ?? '';
    expect(await as('admin').showConnectInfo(token)).toEqual({
      serverId: everything.id,
      host: '192.0.2.7',
      port: 5901,
      tlsPort: 5902,
    });
    await expect(as('member').showConnectInfo(token)).rejects.toMatchObject({ code: 'forbidden' });
  });

  it('knows the versions, also where the endpoint names the project', async () => {
    expect(await as('member').showVersions()).toEqual({ min: '2.1', max: '2.99' });
    const client = as('member', `${fixture.cloud.url}/v2.1/${everything.projectId}`);
    expect(await client.showVersions()).toEqual({ min: '2.1', max: '2.99' });
    expect((await client.createConsole(everything.id, 'novnc')).type).toBe('novnc');
  });

  it.each([
    [headless.id, 'member', 'bad-request', 'Unavailable console type vnc.'],
    [limited.id, 'member', 'not-implemented', 'The requested functionality is not supported.'],
    [
      stopped.id,
      'member',
      'conflict',
      `Cannot 'get_vnc_console' instance ${stopped.id} while it is in vm_state stopped`,
    ],
    ['none', 'member', 'not-found', 'Instance none could not be found.'],
    [
      everything.id,
      'reader',
      'forbidden',
      "Policy doesn't allow os_compute_api:os-remote-consoles to be performed.",
    ],
    [everything.id, 'nobody', 'unauthenticated', 'The request you have made requires authentication.'],
    ['down', 'member', 'unavailable', 'hypervisor fixture does not answer; try again later'],
  ])('%s as %s: %s', async (id, token, code, message) => {
    await expect(as(token).createConsole(id, 'novnc')).rejects.toMatchObject({
      code,
      message,
      requestId: expect.stringMatching(/^req-/),
    });
  });

  it('says when a name is nobody’s or several servers’', async () => {
    await expect(as('member').findServer('nobody')).rejects.toMatchObject({ code: 'not-found' });
  });

  it('an endpoint without the version is no API', async () => {
    await expect(as('member', fixture.cloud.url).showServer(everything.id)).rejects.toMatchObject({
      code: 'unexpected-answer',
      status: 300,
    });
  });
});

describe('two servers of one name', () => {
  const twins = useCloud({ servers: [everything, { ...everything, id: 'twin' }] });

  it('are told apart by id only', async () => {
    const client = new RemoteConsolesClient({ endpoint: `${twins.cloud.url}/v2.1`, token: 'member' });
    await expect(client.findServer('everything')).rejects.toMatchObject({
      code: 'ambiguous-name',
      message: 'several servers have the name everything; give an id',
    });
    expect((await client.findServer('twin')).id).toBe('twin');
  });
});
