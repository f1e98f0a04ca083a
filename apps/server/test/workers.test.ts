import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { type RunningProgram, runProgram, runServerProgram } from './run-server.js';

const ADDRESS = '127.0.0.1:18766';
const API_TOKEN = 'sesame-open-up-now';
const METRICS = '127.0.0.1:18767';
const WORKERS = 3;

let folder = '';
let target: Server;
let program: RunningProgram;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'workers-'));
  target = createServer((socket) => socket.on('error', () => {}).pipe(socket));
  await new Promise<void>((resolve) => target.listen(0, '127.0.0.1', resolve));
  await writeFile(join(folder, 'workers.yaml'), configuration());
  program = await runServerProgram(['serve', '--config', join(folder, 'workers.yaml')], 'all workers ready');
}, 60_000);

afterAll(async () => {
  await program.stop();
  target.close();
  await rm(folder, { recursive: true });
});

function configuration(): string {
  const { port } = target.address() as AddressInfo;
  return `
listen: ${ADDRESS}
workers: ${WORKERS}
metrics: { listen: ${METRICS} }
tokens: { oneTime: true }
auth: { options: { tokens: [{ token: ${API_TOKEN}, user: u, project: p, roles: [member] }] } }
gateway: { drainTimeout: 1, maxSessionsPerServer: 12 }
hypervisors:
  - name: hv
    module: '@remote-consoles/adapter-memory'
    options: { servers: [{ id: s, name: s, project: p, host: h, consoles: { spice: { host: 127.0.0.1, port: ${port} } } }] }
`;
}

/** Asks for a console; each request is a connection of its own, so any worker may answer. */
async function consoleUrl(): Promise<string> {
  const response = await fetch(`http://${ADDRESS}/v2.1/servers/s/remote-consoles`, {
    method: 'POST',
    headers: {
      'X-Auth-Token': API_TOKEN,
      'OpenStack-API-Version': 'compute 2.6',
      'Content-Type': 'application/json',
      Connection: 'close',
    },
    body: '{"remote_console":{"protocol":"spice","type":"spice-html5"}}',
  });
  const { remote_console } = (await response.json()) as { remote_console: { url: string } };
  return `ws://${ADDRESS}/${new URL(remote_console.url).search}`;
}

interface OpenConsole {
  readonly socket: WebSocket;
  readonly ended: () => boolean;
}

function open(url: string): Promise<OpenConsole> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url, 'binary');
    let ended = false;
    socket.on('close', () => {
      ended = true;
    });
    socket.once('open', () => resolve({ socket, ended: () => ended }));
    socket.once('unexpected-response', (_request, { statusCode }) => reject(new Error(String(statusCode))));
    socket.on('error', reject);
  });
}

async function echo({ socket }: OpenConsole, text: string): Promise<string> {
  const answer = new Promise<string>((resolve) => socket.once('message', (data) => resolve(String(data))));
  socket.send(Buffer.from(text));
  return answer;
}

/** The workers' processes, and how many TCP connections each has. */
function workers(): Map<number, number> {
  const primary = program.child.pid;
  const children = readdirSync('/proc').filter((name) => {
    if (!/^\d+$/.test(name)) return false;
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
      return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]) === primary;
    } catch {
      return false;
    }
  });
  return new Map(children.map((pid) => [Number(pid), tcpConnectionsOf(pid)]));
}

function tcpConnectionsOf(pid: string): number {
  const established = new Set<string>();
  for (const line of readFileSync(`/proc/${pid}/net/tcp`, 'utf8').split('\n').slice(1)) {
    const fields = line.trim().split(/\s+/);
    if (fields[3] === '01') established.add(`socket:[${fields[9]}]`);
  }
  const links = readdirSync(`/proc/${pid}/fd`).map((fd) => linkOf(`/proc/${pid}/fd/${fd}`));
  return links.filter((link) => established.has(link)).length;
}

/** What a scrape of whichever worker says of all. */
async function metric(sample: string): Promise<number> {
  const text = await (await fetch(`http://${METRICS}/metrics`, { headers: { Connection: 'close' } })).text();
  const line = text.split('\n').find((each) => each.startsWith(`${sample} `));
  return Number(line?.slice(sample.length));
}

async function eventually(condition: () => boolean | Promise<boolean>, what: string): Promise<void> {
  for (const end = Date.now() + 15_000; Date.now() < end; await sleep(50)) if (await condition()) return;
  throw new Error(`${what} did not happen:\n${program.output()}`);
}

describe('workers on one port', () => {
  it('redeem what another worker issued, a one-time token once among all of them', async () => {
    const url = await consoleUrl();
    const outcomes = await Promise.allSettled(Array.from({ length: 2 * WORKERS }, () => open(url)));
    const opened = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
    expect(opened).toHaveLength(1);
    for (const console of opened) {
      expect(await echo(console, 'hello')).toBe('hello');
      console.socket.terminate();
    }
  });

  it('share sessions evenly; the death of one ends only its own, and it is replaced', async () => {
    const consoles: OpenConsole[] = [];
    for (let count = 0; count < 3 * WORKERS; count++) consoles.push(await open(await consoleUrl()));
    const before = workers();
    // A session has two connections. Others are of requests that have just ended.
    expect([...before.values()].every((connections) => connections >= 4 && connections <= 9)).toBe(true);
    const [victim = 0] = before.keys();

    const opened = await metric('remote_consoles_session_opens_total{type="spice-html5",code="ok"}');
    expect(opened).toBe(1 + consoles.length);
    expect(await metric('remote_consoles_sessions{type="spice-html5",hypervisor="hv"}')).toBe(
      consoles.length,
    );
    expect(await metric('remote_consoles_hypervisor_up{hypervisor="hv"}')).toBe(1);

    process.kill(victim, 'SIGKILL');
    await eventually(() => consoles.some(({ ended }) => ended()), 'the end of its sessions');
    await sleep(300);
    const left = consoles.filter(({ ended }) => !ended());
    expect(left.length).toBeGreaterThanOrEqual(WORKERS);
    expect(left.length).toBeLessThan(consoles.length);
    for (const [at, console] of left.entries())
      expect(await echo(console, `still ${at}`)).toBe(`still ${at}`);

    await eventually(() => workers().size === WORKERS && !workers().has(victim), 'its replacement');
    for (let count = 0; count < WORKERS; count++) {
      const console = await open(await consoleUrl());
      expect(await echo(console, 'new')).toBe('new');
      console.socket.terminate();
    }
    expect(program.output()).toContain('a worker died; replacing it');
    expect(await metric('remote_consoles_session_opens_total{type="spice-html5",code="ok"}')).toBe(
      opened + WORKERS,
    );
    for (const { socket } of left) socket.terminate();
  });

  it('count sessions together against the limits', async () => {
    const consoles: OpenConsole[] = [];
    let refused = '';
    // Sessions of the test before may be on their way out.
    await eventually(async () => {
      try {
        consoles.push(await open(await consoleUrl()));
      } catch (error) {
        refused = error instanceof Error ? error.message : '';
      }
      return refused !== '';
    }, 'a refusal');
    expect(refused).toBe('429');
    expect(consoles.length).toBeLessThanOrEqual(12);
    for (const { socket } of consoles) socket.terminate();
  });

  it('drain together: nobody new gets in, and those inside are told', async () => {
    const url = await consoleUrl();
    const inside = await open(await consoleUrl());
    const told = new Promise<number>((resolve) => inside.socket.once('close', resolve));
    const run = program.stop();
    await sleep(300);
    await expect(open(url)).rejects.toThrow();
    expect(await told).toBe(1001);
    expect((await run).code).toBe(0);
    expect(workers().size).toBe(0);
    program = await runServerProgram(
      ['serve', '--config', join(folder, 'workers.yaml')],
      'all workers ready',
    );
  }, 30_000);

  it('do not start where the port is taken, and say so once', async () => {
    const { code, stderr } = await runProgram(['serve', '--config', join(folder, 'workers.yaml')]);
    expect(code).toBe(2);
    expect(stderr.split('the address is in use')).toHaveLength(2);
  });
});

function linkOf(file: string): string {
  try {
    return readlinkSync(file);
  } catch {
    return '';
  }
}
