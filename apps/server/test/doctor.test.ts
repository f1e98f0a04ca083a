import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { type AddressInfo, createServer as createTcpServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { runProgram, runServerProgram } from './run-server.js';

const PORT = 18_766;
const DEMO = fileURLToPath(new URL('../demo.yaml', import.meta.url));
const vnc = 'd3300000-0000-4000-8000-000000000001';
const serial = 'd3300000-0000-4000-8000-000000000003';
const stopped = 'd3300000-0000-4000-8000-000000000009';

let directory = '';
const open: Server[] = [];
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'doctor-'));
  const demo = (await readFile(DEMO, 'utf8')).replace('127.0.0.1:8774', `127.0.0.1:${PORT}`);
  await writeFile(join(directory, 'demo.yaml'), demo);
});
afterEach(() => {
  for (const server of open.splice(0)) server.close();
});
afterAll(() => rm(directory, { recursive: true }));

const doctor = (config: string, ...args: string[]) =>
  runProgram(['doctor', '--config', join(directory, config), ...args]);

async function legsOf(config: string, ...args: string[]) {
  const { code, stdout, stderr } = await doctor(config, '--json', ...args);
  expect(stderr).toBe('');
  const lines = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  const end = lines.pop();
  expect(end).toEqual({ well: code === 0 });
  return { code, legs: lines, failed: lines.filter(({ outcome }) => outcome === 'failed') };
}

/** The demo's own configuration logs nothing that says so. */
async function untilServed(): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt++) {
    const up = await fetch(`http://127.0.0.1:${PORT}/readyz`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (up) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('the demo does not serve');
}

async function listening(server: Server): Promise<number> {
  open.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

const server = (consoles: string, more = '') =>
  `{ id: s-1, name: one, project: p, host: h, consoles: { ${consoles} } ${more} }`;

async function writeConfig(name: string, more: string, ...hypervisors: string[]): Promise<void> {
  const auth =
    'auth: { options: { tokens: [{ token: sesame-open-up, user: u, project: p, roles: [member] }] } }';
  await writeFile(join(directory, name), `${auth}\n${more}\nhypervisors:\n${hypervisors.join('\n')}\n`);
}

const memory = (name: string, ...servers: string[]) =>
  `  - { name: ${name}, module: '@remote-consoles/adapter-memory', options: { servers: [${servers}] } }`;

describe('remote-consoles doctor', () => {
  it('walks the whole way to a console of a running deployment, and its parts', async () => {
    const demo = await runServerProgram(['serve', '--config', join(directory, 'demo.yaml')], '');
    await untilServed();
    try {
      const text = await doctor('demo.yaml', '--server', vnc);
      expect(text.stdout).toMatch(
        / {2}ok {6}RFB security +[\d.]+ ms {2}offers none; in without a password\n/,
      );
      expect(text.stdout).toMatch(/\n\nAll is well\.\n$/);
      expect(text.code).toBe(0);
      const shell = await legsOf('demo.yaml', '--server', serial, '--type', 'serial');
      expect(shell.legs.map(({ leg }) => leg)).toContain('serial stream');
      expect(shell.failed).toEqual([]);
      const parts = await legsOf('demo.yaml');
      expect(parts.code).toBe(0);
      expect(parts.legs.map(({ place }) => place)).toEqual(
        expect.arrayContaining([
          'identity',
          'token store',
          'hypervisor demo-1',
          'hypervisor demo-2',
          'page of novnc',
        ]),
      );
    } finally {
      await demo.stop();
    }
  });

  it('says that the deployment does not run', async () => {
    const { code, failed } = await legsOf('demo.yaml', '--server', vnc);
    expect(code).toBe(1);
    expect(failed).toEqual([
      expect.objectContaining({
        place: 'page of novnc',
        leg: `TCP ${PORT}`,
        advice: expect.stringMatching(/nothing listens.*remote-consoles serve/),
      }),
    ]);
  });

  it('says why a server has no console', async () => {
    const off = await legsOf('demo.yaml', '--server', stopped);
    expect(off.failed).toMatchObject([{ leg: 'open the console', advice: expect.stringContaining('start') }]);
    const none = await legsOf('demo.yaml', '--server', vnc, '--type', 'serial');
    expect(none.failed).toMatchObject([{ advice: expect.stringContaining('no such device') }]);
    const unknown = await legsOf('demo.yaml', '--server', 'nope');
    expect(unknown.code).toBe(1);
    expect(unknown.failed).toMatchObject([
      {
        place: 'all hypervisors',
        detail: expect.stringContaining('demo-2'),
        advice: expect.stringContaining('id'),
      },
    ]);
  });

  it('refuses what cannot be asked with code 2', async () => {
    expect((await doctor('demo.yaml', '--server', vnc, '--type', 'vt100')).code).toBe(2);
    expect((await doctor('none.yaml')).code).toBe(2);
    expect((await runProgram(['doctor'])).code).toBe(2);
  });

  it('tells a wrong password, and prints neither', async () => {
    const rejecting = createTcpServer((socket) => {
      const lines = [
        'RFB 003.008\n',
        Buffer.of(1, 2),
        Buffer.alloc(16),
        Buffer.of(0, 0, 0, 1, 0, 0, 0, 2, 104, 105),
      ];
      socket.write(lines.shift() ?? '');
      socket.on('data', () => socket.write(lines.shift() ?? '')).on('error', () => {});
    });
    const port = await listening(rejecting);
    await writeConfig(
      'wrong.yaml',
      '',
      memory('m', server(`vnc: { host: 127.0.0.1, port: ${port}, password: hunter22 }`)),
    );
    const { failed, legs } = await legsOf('wrong.yaml', '--server', 's-1');
    expect(failed[0]).toMatchObject({
      leg: 'RFB security',
      detail: 'server refused the password, saying "hi"',
      advice: expect.stringContaining('The password is another'),
    });
    expect(JSON.stringify(legs)).not.toMatch(/hunter22|sesame/);
  });

  it('goes on past a hypervisor that cannot start, and does not mind one that has not got the server', async () => {
    await writeFile(join(directory, 'down.mjs'), DOWN);
    const down = '  - { name: down, module: ./down.mjs }';
    await writeFile(join(directory, 'broken.mjs'), BROKEN);
    const broken = '  - { name: broken, module: ./broken.mjs }';
    const port = await listening(createTcpServer((socket) => socket.on('error', () => {})));
    const web = await listening(createServer((_, response) => response.end()));
    const publicUrl = `publicUrl: http://127.0.0.1:${web}`;
    await writeConfig(
      'fleet.yaml',
      publicUrl,
      broken,
      down,
      memory('m', server(`serial: { host: 127.0.0.1, port: ${port} }`)),
    );
    const found = await legsOf('fleet.yaml', '--server', 's-1');
    expect(found.code).toBe(0);
    expect(found.legs.filter(({ outcome }) => outcome === 'skipped')).toMatchObject([
      { place: 'hypervisor broken', leg: 'not looked into' },
      { place: 'hypervisor down', leg: 'not looked into' },
    ]);
    const lost = await legsOf('fleet.yaml', '--server', 's-2');
    expect(lost.code).toBe(1);
    expect(lost.failed).toMatchObject([
      { place: 'hypervisor broken', leg: 'start', detail: 'no such file: ca.pem' },
      {
        place: 'hypervisor down',
        leg: 'check the hypervisor',
        advice: expect.stringContaining('firewall drops'),
      },
    ]);
    expect(lost.legs.at(-1)).toMatchObject({
      outcome: 'absent',
      detail: expect.stringContaining('hypervisor m'),
    });
  });

  it('tells what answers where browsers are sent', async () => {
    const status = await listening(createServer((_, response) => response.writeHead(502).end()));
    const key = join(directory, 'key.pem');
    const cert = join(directory, 'cert.pem');
    const subject = ['-subj', '/CN=consoles.example.org', '-keyout', key, '-out', cert];
    execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', ...subject], {
      stdio: 'ignore',
    });
    const identity = { key: await readFile(key), cert: await readFile(cert) };
    const secure = await listening(createHttpsServer(identity, (_, response) => response.end()));
    const failure = async (publicUrl: string) => {
      await writeConfig('page.yaml', `publicUrl: ${publicUrl}`, memory('m'));
      const [failed] = (await legsOf('page.yaml')).failed;
      return `${failed?.leg}: ${failed?.advice}`;
    };
    expect(await failure(`http://127.0.0.1:${status}`)).toMatch(/^HTTP: A proxy answers.*publicUrl/);
    expect(await failure(`https://127.0.0.1:${secure}`)).toMatch(
      /^TLS: Browsers refuse.*NODE_EXTRA_CA_CERTS/,
    );
    expect(await failure(`https://127.0.0.1:${status}`)).toMatch(/^TLS: .*does not speak TLS/);
    expect(await failure(`http://127.0.0.1:${secure}`)).toMatch(/^HTTP: .*may want TLS/);
  });

  it('has complete help', async () => {
    const { code, stdout } = await runProgram(['doctor', '--help']);
    expect(code).toBe(0);
    for (const word of ['--config', '--server', '--type', '--json', 'exit code', 'novnc', 'webmks'])
      expect(stdout).toContain(word);
  });
});

const adapterModule = (create: string) => `
const late = async () => { throw Object.assign(new Error('connect ETIMEDOUT 192.0.2.1:16514'), { code: 'ETIMEDOUT' }); };
export default {
  configSchema: { '~standard': { version: 1, vendor: 'test', validate: (value) => ({ value }) } },
  create: () => { ${create} },
};
`;

/** A hypervisor that nobody reaches. */
const DOWN = adapterModule(
  "return { name: 'down', findServer: late, listServers: late, openConsole: late, watch: () => () => {}, check: late, close: async () => {} };",
);
const BROKEN = adapterModule("throw new Error('no such file: ca.pem');");
