import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { otherNodes } from '../../../scripts/fixtures/other-nodes.mjs';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const VITEST = 'node_modules/vitest/vitest.mjs';
const LATEST = 240_000;

/** Without what this test runner tells the processes that it starts. */
const environment = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/^(VITEST|TEST|NODE_ENV|NODE_OPTIONS)/.test(name)),
);

describe.each(otherNodes())('Node $version', ({ version, folder, installed }) => {
  if (!installed && process.env['CI'] !== 'true') {
    console.warn(`\n*** SKIPPED: the tests on Node ${version}. scripts/install-parts.sh installs it. ***\n`);
  }
  const there = it.skipIf(!installed && process.env['CI'] !== 'true');

  const run = async (args: readonly string[]) => {
    const { stdout, stderr } = await promisify(execFile)('node', args, {
      cwd: ROOT,
      env: { ...environment, PATH: `${folder}:${process.env['PATH']}` },
      timeout: LATEST,
      maxBuffer: 64 * 1024 * 1024,
    });
    return stdout + stderr;
  };

  there('is what runs here', async () => {
    expect((await run(['--version'])).trim()).toBe(`v${version}`);
  });

  there(
    'passes the unit tests of all that relies on Node’s inner workings',
    async () => {
      const packages = ['packages/libvirt-ts', 'packages/gateway', 'packages/http-api'];
      expect(await run([VITEST, 'run', '--project', 'unit', ...packages])).toMatch(/Tests .* passed/);
    },
    LATEST,
  );

  there(
    'calls libvirt in a process and in a thread',
    async () => {
      const file = 'packages/libvirt-ts/test/isolation.test.ts';
      expect(await run([VITEST, 'run', '--project', 'integration', file])).toMatch(/Tests .* passed/);
    },
    LATEST,
  );

  there(
    'serves the demo by npm start',
    async () => {
      expect(await run(['scripts/smoke.mjs'])).toContain('npm start serves a console');
    },
    LATEST,
  );
});
