import { once } from 'node:events';
import { copyFile, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { request as httpsRequest } from 'node:https';
import { connect as connectTcp } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Identity, TestAuthority } from '../../../scripts/fixtures/certificates.js';
import { type RunningProgram, runProgram, runServerProgram } from './run-server.js';
import { SerialViewer } from './serial-viewer.js';

const PORT = 18_781;
const BASE = `https://127.0.0.1:${PORT}`;
const SERVER = '6e4fcd21-9d53-4c30-9d0d-4bbd0a2f6f0a';
const config = `
listen: { address: 127.0.0.1:${PORT}, tls: { certificateFile: tls.crt, keyFile: tls.key } }
auth: { options: { tokens: [{ token: sesame-open-up, user: u, project: p, roles: [member] }] } }
hypervisors:
  - name: hv
    module: '@remote-consoles/adapter-memory'
    options: { servers: [{ id: ${SERVER}, name: one, project: p, host: h, consoles: { serial: live } }] }
`;

let authority: TestAuthority;
let first: Identity;
let second: Identity;
let directory: string;
let program: RunningProgram;
const file = (name: string) => join(directory, name);

/** As certbot and cert-manager's tools do it: each file is replaced whole, one after the other. */
async function install({ certFile, keyFile }: Pick<Identity, 'certFile' | 'keyFile'>): Promise<void> {
  for (const [from, to] of [
    [certFile, 'tls.crt'],
    [keyFile, 'tls.key'],
  ] as const) {
    await copyFile(from, file('new'));
    await rename(file('new'), file(to));
  }
}

function dial(options: ConnectionOptions = {}): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port: PORT, host: '127.0.0.1', ca: authority.ca, ...options }, () =>
      resolve(socket),
    );
    socket.once('error', reject);
  });
}

/** The name in the certificate that a new connection gets. */
async function served(): Promise<string | undefined> {
  const socket = await dial();
  const name = socket.getPeerCertificate().subject.CN;
  socket.destroy();
  return typeof name === 'string' ? name : undefined;
}

const nameOf = (identity: Identity) => (identity === first ? 'leaf0' : 'leaf1');

async function api(path: string, body?: object): Promise<{ status: number; text: string }> {
  const headers = { 'X-Auth-Token': 'sesame-open-up', 'OpenStack-API-Version': 'compute 2.8' };
  return new Promise((resolve, reject) => {
    const options = {
      ca: authority.ca,
      method: body ? 'POST' : 'GET',
      headers: { ...headers, ...(body && { 'Content-Type': 'application/json' }) },
    };
    const request = httpsRequest(BASE + path, options, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      response.once('end', () => resolve({ status: response.statusCode ?? 0, text }));
    });
    request.once('error', reject);
    request.end(body && JSON.stringify(body));
  });
}

async function openConsole(): Promise<SerialViewer> {
  const body = { remote_console: { protocol: 'serial', type: 'serial' } };
  const { text } = await api(`/v2.1/servers/${SERVER}/remote-consoles`, body);
  const { url } = (JSON.parse(text) as { remote_console: { url: string } }).remote_console;
  expect(url).toMatch(`wss://127.0.0.1:${PORT}/`);
  return SerialViewer.open(url, { ca: authority.ca, origin: BASE });
}

const logged = (text: string) => program.output().split(text).length - 1;

beforeAll(async () => {
  authority = new TestAuthority();
  first = authority.issue('IP:127.0.0.1');
  second = authority.issue('IP:127.0.0.1');
  directory = await mkdtemp(join(tmpdir(), 'tls-'));
  await writeFile(file('consoles.yaml'), config);
  await install(first);
  program = await runServerProgram(['serve', '--config', file('consoles.yaml')], '"msg":"ready"');
});
afterAll(async () => {
  const { code, stdout, stderr } = await program.stop();
  authority.remove();
  await rm(directory, { recursive: true });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).not.toContain(first.key.slice(30, 80));
});

describe('a TLS listener', () => {
  it('serves the API, pages and consoles by https and wss', async () => {
    expect((await api('/healthz')).status).toBe(200);
    expect((await api('/vnc_lite.html')).text).toContain('noVNC');
    expect((await api('/')).text).toContain(`"${BASE}/v2.1/"`);
    const viewer = await openConsole();
    await viewer.says('hello');
    viewer.close();
  });

  it('speaks TLS 1.2 and 1.3 only', async () => {
    for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
      const socket = await dial({ minVersion: version, maxVersion: version });
      expect(socket.getProtocol()).toBe(version);
      socket.destroy();
    }
    const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } as const;
    await expect(dial(old)).rejects.toThrow(/alert|protocol|version/i);
  });

  it.each(['TLSv1.2', 'TLSv1.3'] as const)('resumes sessions of %s by ticket', async (version) => {
    const options = { minVersion: version, maxVersion: version };
    const before = await dial(options);
    before.write('GET /healthz HTTP/1.1\r\nHost: h\r\n\r\n');
    await once(before, 'data');
    const session = before.getSession();
    before.destroy();
    const after = await dial({ ...options, session });
    expect(after.isSessionReused()).toBe(true);
    after.destroy();
  });

  it('survives clients that speak something else', async () => {
    for (const bytes of ['GET / HTTP/1.1\r\nHost: h\r\n\r\n', '\x16\x03\x01', 'x'.repeat(5000), '']) {
      const socket = connectTcp(PORT, '127.0.0.1');
      socket.on('error', () => {});
      socket.end(bytes, 'latin1').resume();
      await new Promise((resolve) => socket.once('close', resolve));
    }
    expect((await api('/healthz')).status).toBe(200);
  });
});

describe('its certificate', () => {
  beforeEach(async () => {
    await install(first);
    program.child.kill('SIGHUP');
    await expect.poll(served).toBe(nameOf(first));
  });

  it('is another once its files are, and open sessions stay', async () => {
    const viewer = await openConsole();
    await viewer.says('before');
    await install(second);
    await expect.poll(served, { timeout: 10_000 }).toBe(nameOf(second));
    await viewer.says('after');
    const later = await openConsole();
    await later.says('later');
    viewer.close();
    later.close();
    expect(program.output()).toMatch(
      /"certificateFile":"tls\.crt","expires":"20[^"]+".*a new certificate is served/,
    );
  });

  it('is another at once on SIGHUP', async () => {
    const viewer = await openConsole();
    await install(second);
    program.child.kill('SIGHUP');
    await expect.poll(served, { timeout: 1000, interval: 50 }).toBe(nameOf(second));
    await viewer.says('still here');
    viewer.close();
  });

  it.each<[string, () => Promise<unknown>, string]>([
    ['a broken certificate', () => writeFile(file('tls.crt'), 'oops'), 'is no certificate in PEM'],
    ['a missing key', () => rm(file('tls.key')), 'cannot be read (ENOENT)'],
    ["another certificate's key", () => copyFile(second.keyFile, file('tls.key')), 'is not the key of'],
    ['an expired pair', () => install(authority.issue('IP:127.0.0.1', 0)), 'the certificate expired on'],
  ])('stays where %s is written', async (_, spoil, reason) => {
    const before = logged('the old one stays');
    const viewer = await openConsole();
    await spoil();
    await expect.poll(() => logged('the old one stays'), { timeout: 10_000 }).toBe(before + 1);
    expect(program.output()).toContain(reason);
    expect(await served()).toBe(nameOf(first));
    await viewer.says('unharmed');
    viewer.close();
    await install(second);
    await expect.poll(served, { timeout: 10_000 }).toBe(nameOf(second));
  });
});

describe('a certificate that cannot be served', () => {
  it.each<[string, () => Promise<unknown>, RegExp]>([
    [
      'is missing',
      () => rm(file('tls.crt')),
      /line 2, listen\.tls\.certificateFile: cannot be read \(ENOENT\)/,
    ],
    [
      'does not match its key',
      () => copyFile(second.certFile, file('tls.crt')),
      /line 2, listen\.tls\.keyFile: is not the key of the certificate/,
    ],
    [
      'has expired',
      () => install(authority.issue('IP:127.0.0.1', 0)),
      /line 2, listen\.tls\.certificateFile: the certificate expired on 20/,
    ],
  ])('is a problem of the configuration where it %s', async (_, spoil, problem) => {
    await install(first);
    await spoil();
    for (const command of ['check-config', 'serve']) {
      const { code, stderr } = await runProgram([command, '--config', file('consoles.yaml')]);
      expect(code).toBe(2);
      expect(stderr).toMatch(problem);
    }
  });
});
