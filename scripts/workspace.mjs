// Brings a checkout to the point where its programs run: dependencies installed, packages built.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));

const stamp = join(root, 'node_modules', '.installed');
const bin = join(root, 'node_modules', '.bin');

/** The environment in which the workspace's own tools are found, and in which nothing phones home. */
export const environment = {
  ...process.env,
  PATH: `${bin}${delimiter}${process.env.PATH ?? ''}`,
  TURBO_TELEMETRY_DISABLED: '1',
  DO_NOT_TRACK: '1',
  // Native add-ons are compiled against this Node's own headers or, where it came without them, not at all:
  // node-gyp would otherwise fetch them over the network. Everything native here is optional.
  npm_config_nodedir: resolve(process.execPath, '..', '..'),
};

/** Runs a program to its end with our output; says what failed and stops the process where it does. */
export function run(command, args, options = {}) {
  const result = spawnSync(command, args, { cwd: root, env: environment, stdio: 'inherit', ...options });
  if (result.error) throw result.error;
  if (result.status !== 0) {
    console.error(`\n${command} ${args.join(' ')} ended with ${result.status ?? result.signal}`);
    process.exit(result.status ?? 1);
  }
}

/** Installs the locked dependencies unless this very lock file is installed already. */
export function install({ quiet = false } = {}) {
  const lock = createHash('sha256')
    .update(readFileSync(join(root, 'pnpm-lock.yaml')))
    .update(process.version);
  const wanted = lock.digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const output = quiet ? ['--reporter=silent'] : ['--reporter=append-only'];
  console.error('installing dependencies');
  run('npx', ['--yes', packageManager, 'install', '--frozen-lockfile', ...output], {
    stdio: ['ignore', 2, 2],
  });
  writeFileSync(stamp, wanted);
}

/** Builds what has changed since it was last built. */
export function build(...filters) {
  run(
    'turbo',
    ['run', 'build', '--output-logs=errors-only', ...filters.map((filter) => `--filter=${filter}`)],
    {
      stdio: ['ignore', 2, 2],
    },
  );
}
