import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { MODES, type Mode, targetPort } from './mode.js';

/** A proxy under test. */
export interface Contender {
  readonly name: string;
  /** The process whose tree is measured. */
  pid(mode: Mode): number;
  url(mode: Mode): URL;
  stop(): Promise<void>;
}

export const GATEWAY_PORT = 18_910;
const WEBSOCKIFY_PORT = 18_920;
export const API_TOKEN = 'bench-token-of-this-run';

/** The shipped program with a real configuration; its sessions redeem real tokens. */
export async function startGateway(tokens = { ttl: 86_400 }): Promise<Contender> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-'));
  const config = join(folder, 'bench.yaml');
  writeFileSync(config, JSON.stringify(gatewayConfig(tokens)));
  const main = fileURLToPath(import.meta.resolve('remote-consoles/main'));
  const child = spawn(process.execPath, [main, 'serve', '--config', config], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  await listening(GATEWAY_PORT);
  const urls = new Map<Mode, URL>();
  for (const mode of MODES) urls.set(mode, await askForConsole(mode));
  return {
    name: 'remote-consoles',
    pid: () => pidOf(child),
    url: (mode) => urls.get(mode) ?? new URL('about:blank'),
    stop: async () => {
      await ended(child);
      rmSync(folder, { recursive: true });
    },
  };
}

/** Debian's websockify, one for each target as it has no other way to tell them apart without tokens. */
export async function startWebsockify(): Promise<Contender> {
  const children = new Map<Mode, ChildProcess>();
  const port = (mode: Mode) => WEBSOCKIFY_PORT + MODES.indexOf(mode);
  for (const mode of MODES) {
    const args = [`127.0.0.1:${port(mode)}`, `127.0.0.1:${targetPort(mode)}`];
    children.set(mode, spawn('/usr/bin/websockify', args, { stdio: 'ignore' }));
    await listening(port(mode));
  }
  return {
    name: 'websockify',
    pid: (mode) => pidOf(children.get(mode)),
    url: (mode) => new URL(`http://127.0.0.1:${port(mode)}/`),
    stop: async () => {
      for (const child of children.values()) await ended(child);
    },
  };
}

function gatewayConfig(tokens: { ttl: number }) {
  const servers: object[] = MODES.map((mode) => ({
    id: mode,
    name: mode,
    project: 'bench',
    host: 'bench',
    consoles: { spice: { host: '127.0.0.1', port: targetPort(mode) } },
  }));
  servers.push({ id: 'demo', name: 'demo', project: 'bench', host: 'bench', consoles: { vnc: 'live' } });
  return {
    listen: `127.0.0.1:${GATEWAY_PORT}`,
    tokens,
    auth: { options: { tokens: [{ token: API_TOKEN, user: 'bench', project: 'bench', roles: ['member'] }] } },
    hypervisors: [{ name: 'bench', module: '@remote-consoles/adapter-memory', options: { servers } }],
    gateway: { maxSessionsPerServer: 100_000, maxSessionsPerUser: 100_000 },
    log: { level: 'warn' },
  };
}

async function askForConsole(mode: Mode): Promise<URL> {
  const response = await fetch(`http://127.0.0.1:${GATEWAY_PORT}/v2.1/servers/${mode}/remote-consoles`, {
    method: 'POST',
    headers: {
      'X-Auth-Token': API_TOKEN,
      'OpenStack-API-Version': 'compute 2.6',
      'Content-Type': 'application/json',
    },
    body: JSON.stringify({ remote_console: { protocol: 'spice', type: 'spice-html5' } }),
  });
  const { remote_console } = (await response.json()) as { remote_console: { url: string } };
  return new URL(`/${new URL(remote_console.url).search}`, remote_console.url);
}

async function listening(port: number): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt++) {
    const socket = connect(port, '127.0.0.1');
    const opened = await Promise.race([
      once(socket, 'connect').then(() => true),
      once(socket, 'error').then(() => false),
    ]).catch(() => false);
    socket.destroy();
    if (opened) return;
    await sleep(50);
  }
  throw new Error(`nothing listens on port ${port}`);
}

function pidOf(child: ChildProcess | undefined): number {
  if (child?.pid === undefined) throw new Error('a contender did not start');
  return child.pid;
}

async function ended(child: ChildProcess): Promise<void> {
  const exit = once(child, 'exit');
  child.kill('SIGTERM');
  await exit;
}
