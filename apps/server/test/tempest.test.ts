import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ApiClient } from './api-client.js';
import { type RunningProgram, runServerProgram } from './run-server.js';

const ADDRESS = '127.0.0.1:18785';
const RUNNER = fileURLToPath(new URL('../../../scripts/fixtures/tempest-novnc.py', import.meta.url));
const TESTS = '/usr/lib/python3/dist-packages/tempest/api/compute/servers/test_novnc.py';
const member = new ApiClient(`http://${ADDRESS}`, 'demo-member');

function hasTempest(): boolean {
  if (existsSync(TESTS)) return true;
  if (process.env['CI'] === 'true') throw new Error('tempest is needed: install Debian’s python3-tempest');
  console.warn('\n*** SKIPPED: tempest’s noVNC tests. Install Debian’s python3-tempest. ***\n');
  return false;
}

/** What unittest prints is on stderr, tempest's log on stdout. */
interface TempestRun {
  readonly code: number | string | null | undefined;
  readonly report: string;
  readonly log: string;
}

describe.skipIf(!hasTempest())('tempest’s noVNC tests', () => {
  let demo: RunningProgram;
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tempest-'));
    demo = await runServerProgram(['demo', '--listen', ADDRESS], 'Stop with Ctrl-C');
  });
  afterAll(async () => {
    await demo?.stop();
    await rm(folder, { recursive: true });
  });

  /** Runs them in an empty folder with an empty environment: tempest looks for its configuration in both. */
  async function tempest(serverName: string, microversion: string): Promise<TempestRun> {
    const serverId = await member.serverId(serverName);
    const args = [RUNNER, `http://${ADDRESS}/v2.1`, 'demo-member', serverId, microversion];
    const env = { PATH: '/usr/bin:/bin', HOME: folder, TMPDIR: folder, LANG: 'C.UTF-8' };
    return new Promise((resolve) => {
      execFile('/usr/bin/python3', args, { cwd: folder, env, timeout: 60_000 }, (error, log, report) =>
        resolve({ code: error ? error.code : 0, report, log }),
      );
    });
  }

  it.each([
    ['2.1', 'action'],
    ['2.6', 'remote-consoles'],
    ['2.99', 'remote-consoles'],
    ['latest', 'remote-consoles'],
  ])('pass at %s, which asks by %s', async (microversion, resource) => {
    const { code, report, log } = await tempest('demo-vnc', microversion);
    expect([...report.matchAll(/\.(\w+)\[id-\S+\] \.\.\. (.+)$/gm)].map(([, ...found]) => found)).toEqual([
      ['test_novnc', 'ok'],
      ['test_novnc_bad_token', 'ok'],
    ]);
    expect(report).toMatch(/^Ran 2 tests in .*\n\nOK$/m);
    expect(code).toBe(0);
    expect([...log.matchAll(/200 POST \S+\/([\w-]+) /g)].map(([, last]) => last)).toEqual([
      resource,
      resource,
    ]);
  });

  it('fail where there is no such console', async () => {
    const { code, report } = await tempest('demo-serial', '2.6');
    expect(report).toMatch(/^Ran 2 tests in .*\n\nFAILED \(failures=2\)$/m);
    expect(report).toContain('Unavailable console type vnc.');
    expect(code).toBe(1);
  });
});
