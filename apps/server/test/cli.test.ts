import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runProgram, runServerProgram } from './run-server.js';

const good = `
listen: 127.0.0.1:18761
auth: { options: { tokens: [{ token: sesame-open-up, user: u, project: p, roles: [member] }] } }
hypervisors: [{ name: hv, module: '@remote-consoles/adapter-memory', options: { servers: [] } }]
log: { level: info }
`;

let directory = '';
const file = (name: string) => join(directory, name);
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'cli-'));
  await writeFile(file('good.yaml'), good);
  await writeFile(
    file('bad.yaml'),
    'listen: x\nhypervisors: [{ name: hv, module: nope }]\ntokens: { ttl: 0 }\n',
  );
  await writeFile(
    file('options.yaml'),
    `auth: { options: { tokens: [{ user: u }] } }\nhypervisors:\n  - name: hv\n    module: '@remote-consoles/adapter-libvirt'\n    options: { hosts: 5 }\n`,
  );
});
afterAll(() => rm(directory, { recursive: true }));

describe('the command line', () => {
  it('has complete help', async () => {
    const { code, stdout } = await runProgram(['--help']);
    expect(code).toBe(0);
    for (const command of ['serve', 'check-config', 'demo', 'version']) expect(stdout).toContain(command);
    const serve = await runProgram(['serve', '--help']);
    expect(serve.stdout).toMatch(/--config.*REMOTE_CONSOLES_CONFIG/s);
    expect(serve.stdout).toMatch(/--listen.*REMOTE_CONSOLES_LISTEN/s);
  });

  it('prints the version', async () => {
    const { code, stdout } = await runProgram(['version']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  it('refuses what it does not know, with code 2', async () => {
    expect((await runProgram(['fly'])).code).toBe(2);
    expect((await runProgram(['serve'])).code).toBe(2);
    expect((await runProgram(['serve', '--config', file('good.yaml'), '--listen', 'nowhere'])).code).toBe(2);
  });

  it('says all problems of a configuration at once', async () => {
    const { code, stderr } = await runProgram(['check-config', '--config', file('bad.yaml')]);
    expect(code).toBe(2);
    expect(stderr).toContain('2 problems');
    expect(stderr).toMatch(/line 1, listen: .*HOST:PORT/);
    expect(stderr).toMatch(/line 3, tokens\.ttl/);
  });

  it('checks the options of adapters, ours like any other', async () => {
    const { code, stderr } = await runProgram(['check-config'], {
      REMOTE_CONSOLES_CONFIG: file('options.yaml'),
    });
    expect(code).toBe(2);
    expect(stderr).toContain('hypervisors[0].options.hosts');
    expect(stderr).toContain('auth.options.tokens[0]');
  });

  it('finds nothing wrong with a good one', async () => {
    const { code, stdout } = await runProgram(['check-config', '--config', file('good.yaml')]);
    expect({ code, stdout }).toEqual({ code: 0, stdout: `${file('good.yaml')}: no problems\n` });
  });

  it('serves until SIGTERM, then ends with 0', async () => {
    const server = await runServerProgram(['serve', '--config', file('good.yaml')], '"msg":"ready"');
    expect((await fetch('http://127.0.0.1:18761/healthz')).status).toBe(200);
    expect((await fetch('http://127.0.0.1:18761/readyz')).status).toBe(200);
    const { code, stdout } = await server.stop();
    expect(code).toBe(0);
    expect(stdout).toContain('"msg":"stopped"');
    expect(stdout).not.toContain('sesame-open-up');
  });

  it('says that the address is taken', async () => {
    const other = createServer().listen(18_762, '127.0.0.1');
    const args = ['serve', '--config', file('good.yaml'), '--listen', '127.0.0.1:18762'];
    const { code, stderr } = await runProgram(args);
    other.close();
    expect(code).toBe(2);
    expect(stderr).toMatch(/listen: the address is in use/);
  });

  it('keeps the demo and its well-known tokens on this machine', async () => {
    const { code, stderr } = await runProgram(['demo', '--listen', '0.0.0.0:18763']);
    expect(code).toBe(2);
    expect(stderr).toContain('loopback only');
  });
});
