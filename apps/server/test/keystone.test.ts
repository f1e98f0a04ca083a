import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { KeystoneFixture, type KeystoneUser } from '../../../scripts/fixtures/keystone-fixture.js';
import { ApiClient } from './api-client.js';
import { type RunningProgram, runServerProgram } from './run-server.js';

const PORT = 20_521;
const BASE = `http://127.0.0.1:${PORT}`;
const SERVER = '6e4fcd21-9d53-4c30-9d0d-4bbd0a2f6f0a';
const run = promisify(execFile);

const keystone = await KeystoneFixture.start({
  name: 'server-keystone',
  port: 20_520,
  computeUrl: `${BASE}/v2.1`,
});

function configuration({ report }: KeystoneFixture): object {
  const { id, secret } = report.applicationCredential;
  return {
    listen: `127.0.0.1:${PORT}`,
    auth: {
      module: '@remote-consoles/auth-keystone',
      options: {
        authUrl: report.authUrl,
        authenticateUri: 'https://keystone.example',
        credentials: { applicationCredentialId: id, applicationCredentialSecret: secret },
        timeout: 10,
      },
    },
    hypervisors: [
      {
        name: 'one',
        module: '@remote-consoles/adapter-memory',
        options: {
          servers: [
            {
              id: SERVER,
              name: 'my-server',
              project: report.projects.demo,
              host: 'h',
              consoles: { vnc: 'live' },
            },
          ],
        },
      },
    ],
  };
}

describe.skipIf(!keystone)('with a real Keystone', () => {
  let directory = '';
  let program: RunningProgram | undefined;
  const fixture = () => {
    if (!keystone) throw new Error('no Keystone');
    return keystone;
  };

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'server-keystone-'));
    const file = join(directory, 'config.yaml');
    // JSON is YAML.
    await writeFile(file, JSON.stringify(configuration(fixture())));
    program = await runServerProgram(['serve', '--config', file], '"ready"');
  });
  afterEach(() => keystone?.thaw());
  afterAll(async () => {
    await program?.stop();
    await keystone?.stop();
    if (directory !== '') await rm(directory, { recursive: true });
  });

  /** The `openstack` command, as the user with a password and the catalog find us. */
  const openstack = (user: KeystoneUser, ...args: string[]) => {
    const { password, project } = fixture().report.users[user];
    const env = {
      PATH: process.env['PATH'],
      HOME: directory,
      OS_AUTH_URL: fixture().report.authUrl,
      OS_IDENTITY_API_VERSION: '3',
      OS_USERNAME: user,
      OS_PASSWORD: password,
      OS_PROJECT_NAME: project,
      OS_USER_DOMAIN_ID: 'default',
      OS_PROJECT_DOMAIN_ID: 'default',
    };
    return run('/usr/bin/openstack', args, { env, timeout: 50_000 });
  };

  it.each(['member', 'admin'] as const)('`openstack console url show` gives %s a page', async (user) => {
    const { stdout } = await openstack(user, 'console', 'url', 'show', '-f', 'json', 'my-server');
    const { url } = JSON.parse(stdout) as { url: string };
    const page = await fetch(url);
    expect(page.status).toBe(200);
    expect(await page.text()).toContain('noVNC');
  });

  it.each([
    ['reader', "Policy doesn't allow os_compute_api:os-remote-consoles to be performed."],
    ['other', 'No server'],
  ] as const)('`openstack console url show` gives %s none', async (user, message) => {
    const attempt = openstack(user, 'console', 'url', 'show', 'my-server');
    await expect(attempt).rejects.toMatchObject({ stderr: expect.stringMatching(new RegExp(message, 'i')) });
  });

  it.each([
    ['member', 200],
    ['admin', 200],
    ['reader', 403],
    ['norole', 403],
    ['other', 404],
  ] as const)('%s is answered %i', async (user, status) => {
    const client = new ApiClient(BASE, await fixture().issue(user));
    expect((await client.askForConsole(SERVER, 'vnc', 'novnc')).status).toBe(status);
  });

  it('believes the token and no header about the user', async () => {
    const claims = {
      'X-User-Id': fixture().report.users.admin.id,
      'X-Project-Id': fixture().report.projects.demo,
      'X-Roles': 'admin,member',
      'X-Identity-Status': 'Confirmed',
    };
    const anonymous = await fetch(`${BASE}/v2.1/servers`, { headers: claims });
    expect(anonymous.status).toBe(401);
    expect(anonymous.headers.get('www-authenticate')).toBe('Keystone uri="https://keystone.example/"');
    const token = await fixture().issue('other');
    const headers = { ...claims, 'X-Auth-Token': token };
    expect((await fetch(`${BASE}/v2.1/servers/${SERVER}`, { headers })).status).toBe(404);
  });

  it('answers 503 while Keystone is frozen, to tokens that it does not know', async () => {
    const token = await fixture().issue('member');
    fixture().freeze();
    const response = await fetch(`${BASE}/v2.1/servers`, { headers: { 'X-Auth-Token': token } });
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({
      serviceUnavailable: { code: 503, message: 'The Keystone service is temporarily unavailable.' },
    });
    expect((await fetch(`${BASE}/healthz`)).status).toBe(200);
  });
});
