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

const policyCheck = (...args: string[]) => runProgram(['policy', 'check', '--project', 'p', ...args]);

describe('the command line', () => {
  it('has complete help', async () => {
    const { code, stdout } = await runProgram(['--help']);
    expect(code).toBe(0);
    for (const command of ['serve', 'check-config', 'demo', 'doctor', 'tunnel', 'policy', 'version'])
      expect(stdout).toContain(command);
    const serve = await runProgram(['serve', '--help']);
    expect(serve.stdout).toMatch(/--config.*REMOTE_CONSOLES_CONFIG/s);
    expect(serve.stdout).toMatch(/--listen.*REMOTE_CONSOLES_LISTEN/s);
    const policy = await runProgram(['policy', 'check', '--help']);
    expect(policy.code).toBe(0);
    expect(policy.stdout).toMatch(/--config.*REMOTE_CONSOLES_CONFIG/s);
    for (const option of ['--roles', '--project', '--user', '--target-project', '--target-user', '<rule>'])
      expect(policy.stdout).toContain(option);
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

  it('checks the policy with the rest', async () => {
    await writeFile(file('rules.yaml'), 'ours: role:x or\n');
    await writeFile(
      file('policy.yaml'),
      `policy:\n  file: rules.yaml\n  rules:\n    os_compute_api:server:show: rule:ours\nauth: { options: 5 }\n${good.replace(/^auth.*$/m, '')}`,
    );
    const { code, stderr } = await runProgram(['check-config', '--config', file('policy.yaml')]);
    expect(code).toBe(2);
    expect(stderr).toContain('rules.yaml, line 1, ours: column 10: expected a check');
    expect(stderr).toMatch(
      /line 4, policy\.rules\.os_compute_api:server:show: .*os_compute_api:servers:show\?/,
    );
    expect(stderr).toContain('auth.options');
  });

  it("explains a decision of the policy, Nova's where there is no configuration", async () => {
    const allowed = await policyCheck('--roles', 'member,other', 'os_compute_api:os-remote-consoles');
    expect(allowed).toMatchObject({ code: 0, stderr: '' });
    expect(allowed.stdout).toMatch(/^allowed: .*"rule:project_member_or_admin"/);
    expect(allowed.stdout).toContain('holds: project_id:%(project_id)s');
    const args = ['--roles', 'member', '--target-project', 'q', 'os_compute_api:os-remote-consoles'];
    const denied = await policyCheck(...args);
    expect(denied.code).toBe(1);
    expect(denied.stdout).toMatch(/^denied: /);
    expect(denied.stdout).toContain('fails: project_id:%(project_id)s');
  });

  it('decides with the rules of the configuration, as the server then does', async () => {
    const rule = 'os_compute_api:servers:detail';
    const policy = `policy: { rules: { '${rule}': 'rule:ours', ours: 'role:ours' } }`;
    await writeFile(file('ours.yaml'), `${good}${policy}\n`);
    const config = ['--config', file('ours.yaml')];
    expect((await policyCheck(...config, '--roles', 'ours', rule)).code).toBe(0);
    expect((await policyCheck(...config, '--roles', 'member', rule)).code).toBe(1);
    const args = ['serve', ...config, '--listen', '127.0.0.1:18764'];
    const server = await runServerProgram(args, '"msg":"ready"');
    const headers = { 'X-Auth-Token': 'sesame-open-up' };
    const status = async (path: string) =>
      (await fetch(`http://127.0.0.1:18764/v2.1/${path}`, { headers })).status;
    const seen = [await status('servers'), await status('servers/detail')];
    await server.stop();
    expect(seen).toEqual([200, 403]);
  });

  it('refuses a question that cannot be asked, with code 2', async () => {
    const unknown = await policyCheck('--roles', 'admin', 'os_compute_api:os-remote-console');
    expect(unknown.code).toBe(2);
    expect(unknown.stderr).toContain('did you mean os_compute_api:os-remote-consoles?');
    expect((await policyCheck('admin_api')).code).toBe(2);
    expect((await policyCheck('--roles', 'admin')).code).toBe(2);
    expect((await runProgram(['policy'])).code).toBe(2);
    const config = await policyCheck('--config', file('bad.yaml'), '--roles', 'admin', 'admin_api');
    expect(config.code).toBe(2);
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
    expect(stderr).toMatch(/listen: 127.0.0.1:18762: the address is in use/);
  });

  it('keeps the demo and its well-known tokens on this machine', async () => {
    const { code, stderr } = await runProgram(['demo', '--listen', '0.0.0.0:18763']);
    expect(code).toBe(2);
    expect(stderr).toContain('loopback only');
  });
});
