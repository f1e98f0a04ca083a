// npm start: installs and builds what is missing, then serves the demo, or a configuration where one is named.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { build, install, root } from './workspace.mjs';

install({ quiet: true });
build('remote-consoles...');

const options = process.argv.slice(2);
const configured =
  Boolean(process.env.REMOTE_CONSOLES_CONFIG) || options.some((option) => /^--config(=|$)/.test(option));
const main = join(root, 'apps', 'server', 'dist', 'main.js');
const server = spawn(
  process.execPath,
  ['--max-semi-space-size=4', main, configured ? 'serve' : 'demo', ...options],
  {
    stdio: 'inherit',
  },
);

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => server.kill(signal));
server.on('exit', (code, signal) => process.exit(signal ? 0 : (code ?? 1)));

// npm tells the shell between us to stop and the shell tells nobody: the server must not outlive npm start.
const parent = process.ppid;
setInterval(() => {
  if (process.ppid !== parent) server.kill('SIGTERM');
}, 200).unref();
