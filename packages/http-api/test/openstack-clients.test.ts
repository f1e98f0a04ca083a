import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { ConsoleType } from '@remote-consoles/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BASES, type FixtureCloud, PROJECT, SERVERS, startCloud } from './fixtures/fixture-cloud.js';
import { hasOpenstackParts } from './fixtures/openstack-parts.js';

const run = promisify(execFile);

const present = hasOpenstackParts();

const TOKEN = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';

function urlOf(type: ConsoleType): RegExp {
  const parameter = type === 'novnc' ? 'path=%3Ftoken%3D' : 'token=';
  return new RegExp(`^${BASES[type].replaceAll('.', '\\.')}\\?${parameter}${TOKEN}$`);
}

let cloud: FixtureCloud;
beforeAll(async () => {
  cloud = await startCloud();
});
afterAll(() => cloud.close());

/** The distribution's own clients; nothing of this process's environment may lead them elsewhere. */
async function client(command: string, args: readonly string[], env = {}): Promise<string> {
  const { stdout } = await run(command, args, {
    env: { PATH: '/usr/bin:/bin', HOME: '/nonexistent', LANG: 'C.UTF-8', ...env },
    timeout: 60_000,
  });
  return stdout;
}

function openstack(...args: string[]): Promise<string> {
  const endpoint = `${cloud.url}/v2.1`;
  return client('/usr/bin/openstack', [
    ...['--os-auth-type', 'admin_token', '--os-endpoint', endpoint, '--os-token', 'member'],
    ...args,
  ]);
}

function nova(...args: string[]): Promise<string> {
  const identity = { OS_PROJECT_NAME: 'unused', OS_AUTH_URL: 'http://unused.invalid' };
  return client(
    '/usr/bin/nova',
    [
      ...['--os-auth-type', 'admin_token', '--os-endpoint', `${cloud.url}/v2.1`, '--os-token', 'member'],
      ...args,
    ],
    identity,
  );
}

/** What the clients asked for since the last call, without the reading of version documents. */
function requests(): string[] {
  return cloud.log
    .splice(0)
    .map(({ fields }) => `${fields['method']} ${fields['url']} ${fields['status']}`)
    .filter((line) => !line.startsWith('GET /v2.1 '));
}

describe.runIf(present)('openstack', () => {
  const { everything } = SERVERS;

  it.each([
    ['--novnc', 'novnc', 'vnc'],
    ['--xvpvnc', 'xvpvnc', 'vnc'],
    ['--spice', 'spice-html5', 'spice'],
    ['--rdp', 'rdp-html5', 'rdp'],
    ['--serial', 'serial', 'serial'],
    ['--mks', 'webmks', 'mks'],
  ] as const)('console url show %s by id', async (flag, type, protocol) => {
    const shown = JSON.parse(await openstack('console', 'url', 'show', '-f', 'json', flag, everything.id));
    expect(shown).toEqual({ protocol, type, url: expect.stringMatching(urlOf(type)) });
  });

  it('console url show by name: asks for the id, then by name, then for the console', async () => {
    requests();
    const shown = JSON.parse(await openstack('console', 'url', 'show', '-f', 'json', 'everything'));
    expect(shown.url).toMatch(urlOf('novnc'));
    expect(requests()).toEqual([
      'GET /v2.1/servers/*** 404', // a word that may be anything is not logged
      'GET /v2.1/servers?name=everything 200',
      `POST /v2.1/servers/${everything.id}/remote-consoles 200`,
    ]);
  });

  it.each(['2.6', '2.8', '2.73', '2.92'])('console url show at %s', async (version) => {
    const shown = await openstack(
      ...['--os-compute-api-version', version, 'console', 'url', 'show', '-f', 'json', 'everything'],
    );
    expect(JSON.parse(shown).url).toMatch(urlOf('novnc'));
  });

  it.each([
    ['--novnc', 'novnc'],
    ['--xvpvnc', 'xvpvnc'],
    ['--spice', 'spice-html5'],
    ['--rdp', 'rdp-html5'],
    ['--serial', 'serial'],
  ] as const)('console url show %s at 2.1 uses the old action', async (flag, type) => {
    requests();
    const shown = await openstack(
      ...['--os-compute-api-version', '2.1', 'console', 'url', 'show', '-f', 'json', flag, 'everything'],
    );
    expect(JSON.parse(shown)).toEqual({ type, url: expect.stringMatching(urlOf(type)) });
    expect(requests().at(-1)).toBe(`POST /v2.1/servers/${everything.id}/action 200`);
  });

  it('console log show prints the whole log, or its last lines', async () => {
    expect(await openstack('console', 'log', 'show', 'everything')).toBe('one\ntwo\tbell\nthree\n');
    expect(await openstack('console', 'log', 'show', '--lines', '1', 'everything')).toBe('three\n');
  });

  it('passes the API’s reason on to the user', async () => {
    const cases = [
      ['headless', 'Unavailable console type vnc.'],
      ['stopped', `Cannot 'get_vnc_console' instance ${SERVERS.stopped.id} while it is in vm_state stopped`],
      ['foreign', 'No Server found for foreign'],
    ] as const;
    for (const [name, reason] of cases) {
      const failure: { stderr: string } = await openstack('console', 'url', 'show', name).then(
        () => ({ stderr: 'no failure' }),
        (error) => error,
      );
      expect(failure.stderr).toContain(reason);
    }
  });

  it('server list and server show', async () => {
    const listed = JSON.parse(await openstack('server', 'list', '-f', 'json', '--no-name-lookup'));
    expect(
      listed.map((server: { Name: string; Status: string }) => [server.Name, server.Status]),
    ).toContainEqual(['stopped', 'SHUTOFF']);
    const filtered = await openstack(
      'server',
      'list',
      '-f',
      'value',
      '-c',
      'Name',
      '--name',
      '^(every|no)thing$',
    );
    expect(filtered).toBe('everything\n');
    const shown = JSON.parse(await openstack('server', 'show', '-f', 'json', 'everything'));
    expect(shown).toMatchObject({
      id: everything.id,
      name: 'everything',
      status: 'ACTIVE',
      project_id: PROJECT,
    });
  });
});

describe.runIf(present)('nova', () => {
  it.each([
    [['get-vnc-console', 'everything', 'novnc'], 'novnc'],
    [['get-vnc-console', 'everything', 'xvpvnc'], 'xvpvnc'],
    [['get-spice-console', 'everything', 'spice-html5'], 'spice-html5'],
    [['get-rdp-console', 'everything', 'rdp-html5'], 'rdp-html5'],
    [['get-serial-console', 'everything'], 'serial'],
    [['get-mks-console', 'everything'], 'webmks'],
    [['--os-compute-api-version', '2.1', 'get-vnc-console', 'everything', 'novnc'], 'novnc'],
    [['--os-compute-api-version', '2.1', 'get-serial-console', 'everything'], 'serial'],
    [
      ['--os-compute-api-version', '2.6', 'get-spice-console', SERVERS.everything.id, 'spice-html5'],
      'spice-html5',
    ],
  ] as const)('%j', async (args, type) => {
    const rows = [...(await nova(...args)).matchAll(/^\| (\S+) +\| (\S+) +\|$/gm)];
    expect(rows.at(-1)?.slice(1)).toEqual([type, expect.stringMatching(urlOf(type))]);
  });

  it('console-log', async () => {
    expect(await nova('console-log', '--length', '2', 'everything')).toContain('two\tbell\nthree');
  });
});

describe.runIf(present)('openstacksdk', () => {
  const SCRIPT = `
import json, sys
import openstack
connection = openstack.connect(
    auth_type='admin_token', auth={'endpoint': sys.argv[1], 'token': 'member'}, load_yaml_config=False, load_envvars=False)
server = connection.compute.find_server('everything')
answers = []
for console_type in ['novnc', 'xvpvnc', 'spice-html5', 'serial', 'rdp-html5', 'webmks']:
    console = connection.compute.create_console(server, console_type=console_type)
    answers.append([console['type'], console['url']])
json.dump(answers, sys.stdout)
`;

  it('create_console makes a console of each type', async () => {
    const answers: [ConsoleType, string][] = JSON.parse(
      await client('/usr/bin/python3', ['-c', SCRIPT, `${cloud.url}/v2.1`]),
    );
    expect(answers.map(([type]) => type)).toHaveLength(6);
    for (const [type, url] of answers) expect(url).toMatch(urlOf(type));
  });

  // Debian's clients know spice-direct not by name, and its SDK stops at 2.8. Newer ones differ in just that.
  const SPICE_DIRECT = `
import json, sys
import openstack
from openstack.compute.v2.server_remote_console import ServerRemoteConsole
ServerRemoteConsole._max_microversion = sys.argv[2]
connection = openstack.connect(
    auth_type='admin_token', auth={'endpoint': sys.argv[1], 'token': 'member'}, load_yaml_config=False, load_envvars=False)
server = connection.compute.find_server('everything')
console = connection.compute.create_console(server, console_type='spice-direct', console_protocol='spice')
json.dump([console['protocol'], console['type'], console['url']], sys.stdout)
`;
  const spiceDirect = (microversion: string) =>
    client('/usr/bin/python3', ['-c', SPICE_DIRECT, `${cloud.url}/v2.1`, microversion]);

  it('create_console makes a spice-direct console at 2.99, and not at 2.98', async () => {
    const [protocol, type, url] = JSON.parse(await spiceDirect('2.99'));
    expect([protocol, type]).toEqual(['spice', 'spice-direct']);
    expect(url).toMatch(urlOf('spice-direct'));
    await expect(spiceDirect('2.98')).rejects.toThrow(
      /BadRequestException: 400.*'spice-direct' is not one of/s,
    );
  });
});
