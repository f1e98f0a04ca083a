import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CONSOLE_KINDS, type ConsoleKind, consolePort } from '../console/console-kind.js';
import type { Endpoint } from '../load/endpoint.js';
import type { Contender, TlsFiles } from './contender.js';
import { launch } from './launch.js';

export const GATEWAY_PORT = 18_910;
export const API_TOKEN = 'bench-token-of-this-run';

export interface GatewayOptions {
  readonly tls?: TlsFiles;
  /** s that tokens live */
  readonly tokenLife?: number;
  readonly pinned?: boolean;
  readonly logLevel?: 'info' | 'warn';
}

/** The shipped program with a real configuration; its sessions redeem real tokens. */
export async function startGateway({
  tls,
  tokenLife = 86_400,
  pinned = true,
  logLevel = 'info',
}: GatewayOptions = {}): Promise<Contender> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-'));
  const file = join(folder, 'bench.yaml');
  writeFileSync(file, JSON.stringify({ ...configuration(tls, tokenLife), log: { level: logLevel } }));
  const main = fileURLToPath(import.meta.resolve('remote-consoles/main'));
  const launched = await launch(
    [process.execPath, ...flagsOf(main), main, 'serve', '--config', file],
    GATEWAY_PORT,
    {
      pinned,
    },
  );
  const endpoints = new Map<ConsoleKind, Promise<Endpoint>>();
  return {
    name: 'remote-consoles',
    pid: () => launched.pid,
    startUp: launched.startUp,
    endpoint: (kind) => {
      const known = endpoints.get(kind) ?? askForConsole(kind, tls);
      endpoints.set(kind, known);
      return known;
    },
    stop: async () => {
      await launched.stop();
      rmSync(folder, { recursive: true });
    },
  };
}

/** Node's flags of the program's first line: the shell's way to start it. */
function flagsOf(main: string): string[] {
  const [, flags] = /^#!.* node (.+)$/m.exec(readFileSync(main, 'utf8')) ?? [];
  return flags?.split(' ') ?? [];
}

function configuration(tls: TlsFiles, ttl: number) {
  const never = { count: 1_000_000_000, seconds: 60 };
  const servers: object[] = CONSOLE_KINDS.map((kind) => ({
    id: kind,
    name: kind,
    project: 'bench',
    host: 'bench',
    consoles: { spice: { host: '127.0.0.1', port: consolePort(kind) } },
  }));
  servers.push({ id: 'demo', name: 'demo', project: 'bench', host: 'bench', consoles: { vnc: 'live' } });
  return {
    listen: {
      address: `127.0.0.1:${GATEWAY_PORT}`,
      ...(tls && { tls: { certificateFile: tls.certificate, keyFile: tls.key } }),
    },
    tokens: { ttl },
    auth: { options: { tokens: [{ token: API_TOKEN, user: 'bench', project: 'bench', roles: ['member'] }] } },
    hypervisors: [{ name: 'bench', module: '@remote-consoles/adapter-memory', options: { servers } }],
    // Out of reach, and counted all the same.
    limits: { apiRequestsPerAddress: never, apiRequestsPerUser: never, failedTokensPerAddress: never },
    gateway: { maxSessionsPerServer: 100_000, maxSessionsPerUser: 100_000, drainTimeout: 0 },
  };
}

async function askForConsole(kind: ConsoleKind, tls: TlsFiles): Promise<Endpoint> {
  const answer = await post(
    `/v2.1/servers/${kind}/remote-consoles`,
    '{"remote_console":{"protocol":"spice","type":"spice-html5"}}',
    tls,
  );
  const { remote_console } = JSON.parse(answer) as { remote_console: { url: string } };
  const { search } = new URL(remote_console.url);
  return { url: `${tls ? 'wss' : 'ws'}://127.0.0.1:${GATEWAY_PORT}/${search}`, form: 'websocket' };
}

/** Not `fetch`, which does not trust our certificate. */
function post(path: string, body: string, tls: TlsFiles): Promise<string> {
  const headers = {
    'X-Auth-Token': API_TOKEN,
    'OpenStack-API-Version': 'compute 2.6',
    'Content-Type': 'application/json',
    'Content-Length': Buffer.byteLength(body),
  };
  const options = { host: '127.0.0.1', port: GATEWAY_PORT, path, method: 'POST', headers };
  return new Promise((resolve, reject) => {
    const request = tls ? httpsRequest({ ...options, rejectUnauthorized: false }) : httpRequest(options);
    request.on('error', reject).on('response', (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => {
        text += part;
      });
      response.on('end', () => {
        if (response.statusCode === 200) resolve(text);
        else reject(new Error(`asked for a console: ${response.statusCode} ${text}`));
      });
    });
    request.end(body);
  });
}
