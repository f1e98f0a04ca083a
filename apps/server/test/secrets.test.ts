import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import WebSocket from 'ws';
import { ApiClient } from './api-client.js';
import { type RunningProgram, runProgram, runServerProgram } from './run-server.js';
import { SecretBook } from './secret-book.js';

const PORT = 18_821;
const ADDRESS = `127.0.0.1:${PORT}`;
const METRICS = '127.0.0.1:18822';
const BASE = `http://${ADDRESS}`;
const SERVERS = {
  live: '5c000000-0000-4000-8000-000000000001',
  fixed: '5c000000-0000-4000-8000-000000000002',
  dead: '5c000000-0000-4000-8000-000000000003',
  ticketed: '5c000000-0000-4000-8000-000000000004',
  unreachable: '5c000000-0000-4000-8000-000000000005',
  unnamed: '5c000000-0000-4000-8000-000000000006',
};

const book = new SecretBook();
const newSecret = (what: string) =>
  book.add(what, `${what.replaceAll(' ', '-')}-${randomBytes(9).toString('hex')}`);
/** As long as VNC's passwords may be; no number to YAML, nor a part of any UUID. */
const shortSecret = () => `v-${randomBytes(3).toString('hex')}`;
const SECRETS = {
  adminToken: newSecret('API token of the administrator'),
  memberToken: newSecret('API token in a file'),
  otherToken: newSecret('API token kept as a digest'),
  wrongToken: newSecret('API token of another cloud'),
  serviceToken: newSecret('service token'),
  vncPassword: book.add('VNC password', shortSecret()),
  fixedVncPassword: book.add('VNC password of a fixed console', shortSecret()),
  spicePassword: newSecret('SPICE ticket'),
  rdpPassword: newSecret('RDP password'),
  ticket: newSecret('MKS ticket'),
  deadVncPassword: newSecret('password in a file'),
};

const configuration = (hostilePort: number) => `
listen: ${ADDRESS}
log: { level: debug }
audit: { destination: file, file: audit.log }
metrics: { listen: ${METRICS} }
tokens: { oneTime: true }
gateway: { drainTimeout: 0 }
trustedProxies: [127.0.0.1]
auth:
  options:
    tokens:
      - { token: ${SECRETS.adminToken}, user: admin, project: p-1, roles: [admin] }
      - { tokenFile: member.token, user: member, project: p-1, roles: [member] }
      - { tokenSha256: ${createHash('sha256').update(SECRETS.otherToken).digest('hex')}, user: other, project: p-2, roles: [member] }
hypervisors:
  - name: hv
    module: "@remote-consoles/adapter-memory"
    options:
      servers:
        - &server
          id: ${SERVERS.live}
          name: live
          project: p-1
          host: here
          consoles: { vnc: { security: vnc, password: ${SECRETS.vncPassword} }, serial: live, mks: live }
        - <<: *server
          id: ${SERVERS.fixed}
          name: fixed
          consoles:
            vnc: { host: 127.0.0.1, port: ${hostilePort}, password: ${SECRETS.fixedVncPassword} }
            spice: { host: 127.0.0.1, port: ${hostilePort}, password: ${SECRETS.spicePassword} }
            rdp: { host: 127.0.0.1, port: ${hostilePort}, user: operator, password: ${SECRETS.rdpPassword} }
        - <<: *server
          id: ${SERVERS.dead}
          name: dead
          consoles: { vnc: { host: 127.0.0.1, port: 1, passwordFile: vnc.password } }
  - name: tickets
    module: ${fileURLToPath(new URL('ticket-adapter.mjs', import.meta.url))}
    options:
      servers:
        - { id: ${SERVERS.ticketed}, url: "ws://127.0.0.1:${hostilePort}/ticket/${SECRETS.ticket}" }
        - { id: ${SERVERS.unreachable}, url: "wss://127.0.0.1:1/ticket/${SECRETS.ticket}" }
        - { id: ${SERVERS.unnamed}, url: "ws://no-such-host.invalid/ticket/${SECRETS.ticket}" }
`;

/** Everything that anyone but the secrets' owners could read. */
const seen = new Map<string, string>();
const note = (place: string, text: string) => seen.set(place, `${seen.get(place) ?? ''}${text}\n`);

let folder = '';
let hostile: Server;
let program: RunningProgram;
const admin = new ApiClient(BASE, SECRETS.adminToken);
const member = new ApiClient(BASE, SECRETS.memberToken);
const other = new ApiClient(BASE, SECRETS.otherToken);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'secrets-'));
  // A console that speaks for a moment, then is gone.
  hostile = createServer((socket) => socket.on('error', () => {}).end('RFB 003.008\n'));
  await new Promise<void>((resolve) => hostile.listen(0, '127.0.0.1', resolve));
  const { port } = hostile.address() as { port: number };
  await writeFile(join(folder, 'consoles.yaml'), configuration(port));
  await writeFile(join(folder, 'member.token'), `${SECRETS.memberToken}\n`);
  await writeFile(join(folder, 'vnc.password'), `${SECRETS.deadVncPassword}\n`);
  program = await runServerProgram(['serve', '--config', join(folder, 'consoles.yaml')], '"ready"');
});
afterAll(async () => {
  await program.stop();
  hostile.close();
  await rm(folder, { recursive: true });
});

/** A new console URL, whose token is in the book. */
async function issue(server: string, protocol: string, type: string, client = member): Promise<URL> {
  const response = await client.askForConsole(server, protocol, type, '2.99');
  expect(response.status, `${protocol} ${type}`).toBe(200);
  const { remote_console } = (await response.json()) as { remote_console: { url: string } };
  const token = /token(?:=|%3D)([0-9a-f-]{36})/.exec(remote_console.url)?.[1] ?? '';
  expect(token).not.toBe('');
  book.add('console token', token);
  return new URL(`${BASE}/?token=${token}`);
}

const tokenOf = (url: URL) => url.searchParams.get('token') ?? '';

/** Opens a WebSocket as a viewer does, waits for its first bytes or for its refusal, and leaves. */
function view(
  url: string | URL,
  headers: Record<string, string> = {},
  protocols = ['binary'],
): Promise<string> {
  const socket = new WebSocket(String(url).replace(/^http/, 'ws'), protocols, { headers });
  return new Promise((resolve) => {
    socket.on('upgrade', (response) => {
      for (const cookie of response.headers['set-cookie'] ?? []) {
        book.add('session key', /=([0-9a-f-]{36});/.exec(cookie)?.[1] ?? '');
      }
    });
    socket.on('unexpected-response', (_request, response) => resolve(String(response.statusCode)));
    socket.on('message', () => socket.close());
    socket.on('close', (code) => resolve(`closed ${code}`));
    socket.on('error', (error) => resolve(error.message));
    setTimeout(() => socket.terminate(), 5000).unref();
  });
}

/** Sends bytes that fetch would not, and reads what comes. */
function speak(text: string): Promise<string> {
  return new Promise((resolve) => {
    let answer = '';
    const socket = connect(PORT, '127.0.0.1', () => socket.write(text));
    socket.on('data', (data) => {
      answer += data.toString();
      socket.end();
    });
    socket.on('error', () => {}).on('close', () => resolve(answer));
    setTimeout(() => socket.destroy(), 3000).unref();
  });
}

const ask = async (method: string, path: string, headers: Record<string, string> = {}, body?: string) =>
  (await fetch(BASE + path, { method, headers, ...(body !== undefined && { body }) })).status;

describe('no secret is seen by those whom it does not belong to', () => {
  it('when consoles of every kind are used', async () => {
    const serial = await issue(SERVERS.live, 'serial', 'serial');
    expect(await view(serial)).toMatch(/^closed 100/);
    expect(await view(serial)).toBe('403');
    expect(await view(await issue(SERVERS.live, 'vnc', 'novnc', admin))).toMatch(/^closed/);
    const mks = await issue(SERVERS.live, 'mks', 'webmks');
    expect(await view(mks)).toMatch(/^closed/);
    const cookie = await issue(SERVERS.live, 'serial', 'serial');
    expect(await view(`${BASE}/`, { cookie: `a=b; token=${tokenOf(cookie)}` })).toMatch(/^closed 100/);
    const xvpvnc = tokenOf(await issue(SERVERS.live, 'vnc', 'xvpvnc'));
    expect(await speak(`GET /console?token=${xvpvnc} HTTP/1.1\r\nHost: ${ADDRESS}\r\n\r\n`)).toContain(
      '200 OK',
    );
  });

  it('when consoles cannot be opened', async () => {
    expect(await view(await issue(SERVERS.dead, 'vnc', 'novnc'))).toBe('502');
    expect(await view(await issue(SERVERS.fixed, 'vnc', 'novnc'))).toMatch(/50\d|closed/);
    expect(await view(await issue(SERVERS.fixed, 'spice', 'spice-html5'))).toMatch(/50\d|closed/);
    expect(await view(await issue(SERVERS.fixed, 'rdp', 'rdp-html5'))).toMatch(/50\d|closed/);
    for (const server of [SERVERS.ticketed, SERVERS.unreachable, SERVERS.unnamed]) {
      const url = await issue(server, 'mks', 'webmks');
      expect((await admin.get(`/v2.1/os-console-auth-tokens/${tokenOf(url)}`)).status).toBe(401);
      expect(await view(url)).toBe('502');
    }
    const direct = tokenOf(await issue(SERVERS.fixed, 'spice', 'spice-direct', admin));
    const file = await (await fetch(`${BASE}/spice-direct?token=${direct}`)).text();
    expect(file).toContain(SECRETS.spicePassword);
    expect(await ask('GET', `/spice-direct?token=${direct}`)).toBe(403);
  });

  it('when tokens stand where they should not', async () => {
    const token = tokenOf(await issue(SERVERS.live, 'serial', 'serial'));
    const auth = { 'X-Auth-Token': SECRETS.memberToken, 'OpenStack-API-Version': 'compute 2.99' };
    const json = { ...auth, 'Content-Type': 'application/json' };
    for (const secret of [token, token.toUpperCase(), SECRETS.memberToken, SECRETS.wrongToken]) {
      for (const path of [
        `/${secret}`,
        `/console/${secret}`,
        `/vnc_lite.html/${secret}`,
        `/vnc_lite.html?path=%3Ftoken%3D${secret}`,
        `/v2.1/${secret}`,
        `/v2.1/${secret}/servers`,
        `/v2.1/${secret}/servers/${SERVERS.live}/remote-consoles`,
        `/v2.1/servers/${SERVERS.live}/${secret}`,
        `/v2.1/os-console-auth-tokens/${secret}`,
        `/v2.1/os-console-auth-token/${secret}`,
        `/v2.1/os%2Dconsole-auth-tokens/${secret}`,
        `/v2.1/servers?token=${secret}`,
        `/v2.1/servers?x-auth-token=${secret}&limit=1`,
        `/v2.1/servers?${secret}`,
        `/v2.1/servers?limit=${secret}`,
        `/v2.1/servers?status=${secret}`,
        `/%2e%2e/${secret}?${secret}=${secret}#${secret}`,
      ]) {
        await ask('GET', path, auth);
        await ask('POST', path, json, JSON.stringify({ [secret]: secret }));
      }
      await ask(
        'POST',
        `/v2.1/servers/${SERVERS.live}/remote-consoles`,
        json,
        `{"remote_console":{"${secret}":1}}`,
      );
      await ask(
        'POST',
        `/v2.1/servers/${SERVERS.live}/remote-consoles`,
        json,
        `{"remote_console":"${secret}`,
      );
      await ask('POST', `/v2.1/servers/${SERVERS.live}/action`, json, `{"${secret}":null}`);
      await ask('GET', '/v2.1/servers', {
        ...auth,
        'X-Auth-Token': secret,
        'X-Service-Token': SECRETS.serviceToken,
      });
      await ask('GET', '/v2.1/servers', { Authorization: `Bearer ${secret}` });
      await ask('GET', '/v2.1/servers', { Authorization: `Basic ${btoa(`user:${secret}`)}` });
      for (const name of [
        'User-Agent',
        'X-Forwarded-For',
        'X-Openstack-Request-Id',
        'OpenStack-API-Version',
      ]) {
        await ask('GET', '/v2.1/servers', { ...auth, [name]: secret });
        await view(`${BASE}/?token=${randomUUID()}`, { [name]: secret });
      }
      for (const name of ['Origin', 'Referer']) {
        await view(`${BASE}/?token=${secret}`, { [name]: `http://${secret}.example/${secret}` });
        await ask('GET', `/?token=${secret}`, { [name]: `http://${secret}.example/${secret}` });
      }
      await view(`${BASE}/${secret}?token=${secret}x`);
      await view(`${BASE}/`, { cookie: `token=${secret}; console_session_0123456789abcdef=${secret}` });
      await view(`${BASE}/?token=${randomUUID()}`, {}, [`t-${secret}`]);
      for (const line of [
        `GET /${secret}`,
        `GET http://${secret}/ HTTP/1.1`,
        `${secret} / HTTP/1.1`,
        `CONNECT ${secret}:1 HTTP/1.1`,
      ]) {
        await speak(`${line}\r\nHost: ${ADDRESS}\r\nX: ${secret}\r\n\r\n`);
      }
      await speak(`GET / HTTP/1.1\r\nHost: ${ADDRESS}\r\nX-Long: ${secret.repeat(1000)}\r\n\r\n`);
    }
  });

  it('when other people ask', async () => {
    const token = tokenOf(await issue(SERVERS.live, 'serial', 'serial'));
    for (const server of Object.values(SERVERS)) {
      for (const response of [
        await other.askForConsole(server, 'vnc', 'novnc'),
        await other.get(`/v2.1/servers/${server}`),
        await other.post(`/v2.1/servers/${server}/action`, { 'os-getConsoleOutput': {} }, '2.1'),
      ]) {
        expect(response.status).toBe(404);
        note('an answer to someone else', await response.text());
      }
    }
    for (const path of [
      '/',
      '/v2.1/',
      '/v2.1/servers/detail',
      '/openapi.json',
      '/readyz',
      '/healthz',
      '/console/sessions',
    ]) {
      note('an answer to someone else', await (await other.get(path)).text());
    }
    const looked = await member.get(`/v2.1/os-console-auth-tokens/${token}`);
    expect(looked.status).toBe(403);
    note('an answer to someone else', await looked.text());
    note('an answer to an unknown viewer', await (await fetch(`${BASE}/?token=${randomUUID()}`)).text());
    note('the metrics', await (await fetch(`http://${METRICS}/metrics`)).text());
    for (const name of ['cmdline', 'comm', 'status']) {
      note(`/proc/${name}`, await readFile(`/proc/${program.child.pid}/${name}`, 'utf8'));
    }
  });

  it('in all that was written', async () => {
    const url = await issue(SERVERS.live, 'serial', 'serial');
    const held = new WebSocket(String(url).replace(/^http/, 'ws'), ['binary']).on('error', () => {});
    await once(held, 'message');
    const { code, stdout, stderr } = await program.stop();
    expect(code).toBe(0);
    note('standard output', stdout);
    note('standard error', stderr);
    note('the audit file', await readFile(join(folder, 'audit.log'), 'utf8'));
    expect(stdout.length).toBeGreaterThan(50_000);
    expect([...seen.values()].join()).not.toContain('/ticket/');
    expect(seen.get('the audit file')).toContain('gateway-stopped');
    expect(book.size).toBeGreaterThan(11);
    expect([...seen].flatMap(([place, text]) => book.leaksIn(place, text))).toEqual([]);
  });
});

it('no secret is seen while Redis and Keystone are away', async () => {
  const passwords = [
    newSecret('Redis password'),
    newSecret('Keystone password'),
    newSecret('API token for Keystone'),
  ];
  const [redis = '', keystone = '', apiToken = ''] = passwords;
  await writeFile(
    join(folder, 'away.yaml'),
    `
listen: 127.0.0.1:18823
metrics: { listen: 127.0.0.1:18824 }
log: { level: debug }
tokenStore:
  module: "@remote-consoles/token-store-redis"
  options: { url: "redis://127.0.0.1:1/0", username: gateway, password: ${redis}, timeout: 0.2 }
auth:
  module: "@remote-consoles/auth-keystone"
  options:
    authUrl: http://127.0.0.1:1/v3
    credentials: { username: remote-consoles, password: ${keystone}, project: service }
hypervisors:
  - { name: hv, module: "@remote-consoles/adapter-memory", options: { servers: [] } }
`,
  );
  const arguments_ = ['serve', '--config', join(folder, 'away.yaml')];
  const away = await runServerProgram(arguments_, '"ready"');
  const token = randomUUID();
  book.add('console token', token);
  const client = new ApiClient('http://127.0.0.1:18823', apiToken);
  const texts = [
    await (await client.get('/v2.1/servers')).text(),
    await (await client.get('/readyz')).text(),
    await (await fetch(`http://127.0.0.1:18823/?token=${token}`)).text(),
    await view(`http://127.0.0.1:18823/?token=${token}`),
    await (await fetch('http://127.0.0.1:18824/metrics')).text(),
    await readFile(`/proc/${away.child.pid}/cmdline`, 'utf8'),
  ];
  const { stdout, stderr } = await away.stop();
  expect(stdout).toContain('the token store does not answer');
  expect([...texts, stdout, stderr].flatMap((text) => book.leaksIn('what was said', text))).toEqual([]);
});

it('no secret is seen where a configuration is refused', async () => {
  const text = configuration(1).replace('port: 1,', 'port: none,').replace('roles: [admin]', 'role: [admin]');
  await writeFile(join(folder, 'broken.yaml'), text);
  for (const command of ['check-config', 'serve']) {
    const { code, stdout, stderr } = await runProgram([command, '--config', join(folder, 'broken.yaml')]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/3 problems/);
    expect(book.leaksIn('what was said', stdout + stderr)).toEqual([]);
  }
});

describe('the search itself', () => {
  const [secret, own] = ['hunter2-hunter2', new SecretBook()];
  own.add('it', secret);

  it.each([
    ['plain', secret],
    ['in upper case', secret.toUpperCase()],
    ['in Base64', Buffer.from(secret).toString('base64')],
    ['in Base64 of more', Buffer.from(`user:${secret}`).toString('base64')],
    ['in Base64 of more still', Buffer.from(`a-user:${secret}!`).toString('base64url')],
    ['in hex', Buffer.from(secret).toString('hex')],
    ['in a URL', encodeURIComponent(secret)],
  ])('finds a secret %s', (_how, text) => {
    expect(own.leaksIn('a log', `before ${text} after`)).toHaveLength(1);
  });

  it('finds nothing where there is none', () => {
    expect(own.leaksIn('a log', 'hunter2, hunter-hunter2')).toEqual([]);
  });
});
