// npm test: everything, unit tests first, then the integration tests against real parts.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build, environment, install, root, run } from './workspace.mjs';

const ci = process.env.CI === 'true';

install();
build();
installParts();

const results = join(root, 'test-artifacts', 'results.json');
mkdirSync(join(root, 'test-artifacts'), { recursive: true });
const vitest = spawnSync(
  'vitest',
  ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${results}`, ...process.argv.slice(2)],
  { cwd: root, env: environment, stdio: ['ignore', 'inherit', 'inherit'] },
);
if (vitest.error) throw vitest.error;

const { numPassedTests, numFailedTests, numTotalTests, numFailedTestSuites } = JSON.parse(
  readFileSync(results, 'utf8'),
);
const skipped = numTotalTests - numPassedTests - numFailedTests;
if (skipped > 0) {
  console.log(`\n${skipped} tests were skipped: see the messages above for the parts that they need.`);
  if (ci) console.log('With CI=true a skipped test is a failure.');
}
// A file that fails before its first test has no failed test to count, but it has failed.
const failed =
  Math.max(numFailedTests, vitest.status === 0 ? 0 : 1, numFailedTestSuites > 0 ? 1 : 0) + (ci ? skipped : 0);
console.log(
  `\n${numPassedTests} passed, ${failed} failed${!ci && skipped > 0 ? `, ${skipped} skipped` : ''}`,
);
process.exitCode = failed > 0 ? 1 : 0;

/** Real parts come from Debian's packages; elsewhere the tests that need them say what they miss. */
function installParts() {
  const debian = existsSync('/etc/debian_version');
  if (debian && process.getuid?.() === 0) {
    run('bash', [join(root, 'scripts', 'install-parts.sh')], { stdio: ['ignore', 2, 2] });
    return;
  }
  console.log('NOTE: not root on Debian, so nothing is installed for the integration tests.');
  console.log(
    '      Tests whose real parts (libvirt, QEMU, Chromium, ...) are not here are skipped and say so.',
  );
}
