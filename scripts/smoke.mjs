// Does what a new user does: npm start, paste the banner's curl line, open the URL it answers; then stops the demo.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { root } from './workspace.mjs';

const address = '127.0.0.1:18774';
const project = 'd3300000000000000000000000000001';
const deadline = Date.now() + 120_000;

const demo = spawn('npm', ['start', '--', '--listen', address], {
  cwd: root,
  stdio: ['ignore', 'pipe', 'inherit'],
});
const exited = new Promise((resolve) => demo.on('exit', (code, signal) => resolve(code ?? signal)));
let banner = '';
demo.stdout.setEncoding('utf8').on('data', (text) => {
  banner += text;
});

try {
  await until(() => banner.includes('curl') || demo.exitCode !== null, 'the banner');
  assert.equal(demo.exitCode, null, 'npm start ended early');
  assert.match(banner, new RegExp(`http://${address.replaceAll('.', '\\.')}`));
  const { remote_console: console_ } = await createConsole();
  assert.equal(console_.protocol, 'vnc');
  const page = await fetch(console_.url);
  assert.equal(page.status, 200);
  assert.match(await page.text(), /noVNC/);
  assert.ok(page.headers.get('content-security-policy'));
  assert.equal((await fetch(`http://${address}/readyz`)).status, 200);
} finally {
  demo.kill('SIGTERM');
}
assert.notEqual(await Promise.race([exited, sleep(20_000, 'running', { ref: false })]), 'running');
await until(async () => !(await answers()), 'the end of the server');
console.log('smoke: npm start serves a console and stops cleanly');

async function createConsole() {
  const headers = { 'X-Auth-Token': 'demo-member', 'OpenStack-API-Version': 'compute 2.6' };
  const servers = await (
    await fetch(`http://${address}/v2.1/${project}/servers?name=demo-vnc`, { headers })
  ).json();
  const id = servers.servers.find((server) => server.name === 'demo-vnc').id;
  const answer = await fetch(`http://${address}/v2.1/servers/${id}/remote-consoles`, {
    method: 'POST',
    headers: { ...headers, 'Content-Type': 'application/json' },
    body: JSON.stringify({ remote_console: { protocol: 'vnc', type: 'novnc' } }),
  });
  assert.equal(answer.status, 200);
  return answer.json();
}

function answers() {
  return fetch(`http://${address}/healthz`).then(
    () => true,
    () => false,
  );
}

async function until(condition, what) {
  while (!(await condition())) {
    assert.ok(Date.now() < deadline, `${what} did not come`);
    await sleep(100);
  }
}
