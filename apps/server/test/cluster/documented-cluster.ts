import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { type RequestOptions, request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { TestAuthority } from '../../../../scripts/fixtures/certificates.js';
import { ProxyFixture, type ProxyProgram } from '../../../../scripts/fixtures/proxy-fixture.js';
import { RedisServer } from '../../../../scripts/fixtures/redis-server.js';
import { type RunningProgram, runServerProgram } from '../run-server.js';
import { SerialViewer } from '../serial-viewer.js';

const DOCUMENT = fileURLToPath(new URL('../../../../docs/deployment.md', import.meta.url));
const HYPERVISOR = fileURLToPath(new URL('./steered-hypervisor.mjs', import.meta.url));

const REDIS = { plainPort: 18_980, tlsPort: 18_981, password: 'the-password-of-redis' };
const PROXY_PORTS: Readonly<Record<ProxyProgram, number>> = { nginx: 18_986, haproxy: 18_987 };

export const MEMBER = 'token-of-the-member';
export const ADMIN = 'token-of-the-admin';

/** Where the client is: not where the proxies are. */
export const CLIENT = '127.0.0.9';

/** The processes, by where the documentation puts them and where the test does. */
const PLACES = {
  'api-1': ['10.0.0.11:8774', 18_982],
  'api-2': ['10.0.0.12:8774', 18_983],
  'gateway-1': ['10.0.0.21:6080', 18_984],
  'gateway-2': ['10.0.0.22:6080', 18_985],
} as const;

export type ProcessName = keyof typeof PLACES;
export const PROCESSES = Object.keys(PLACES) as readonly ProcessName[];

export interface AuditRecord {
  /** Which process wrote it. */
  readonly process: ProcessName;
  readonly name: string;
  readonly outcome: string;
  readonly reason?: { readonly reasonCode: string };
  readonly initiator: { readonly id: string; readonly host?: { readonly address: string } };
  readonly target: { readonly id: string };
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

/**
 * The cluster of docs/deployment.md, by its very examples: two APIs and two gateways that share a Redis with TLS and a
 * password, behind nginx and HAProxy. Only addresses and the names of files are others.
 */
export class DocumentedCluster {
  readonly #authority = new TestAuthority();
  readonly #directory = mkdtempSync(join(tmpdir(), 'cluster-'));
  readonly #steering = join(this.#directory, 'stopped');
  readonly #processes = new Map<ProcessName, RunningProgram>();
  readonly #proxies: ProxyFixture[] = [];
  readonly #serverIds: readonly string[];
  #redis: RedisServer | undefined;
  #document = '';

  private constructor(serverIds: readonly string[]) {
    this.#serverIds = serverIds;
  }

  static async start(
    proxies: readonly ProxyProgram[],
    serverIds: readonly string[],
  ): Promise<DocumentedCluster> {
    const cluster = new DocumentedCluster(serverIds);
    try {
      cluster.#document = await readFile(DOCUMENT, 'utf8');
      await cluster.#startRedis();
      await Promise.all(PROCESSES.map((name) => cluster.startProcess(name)));
      for (const program of proxies) await cluster.#startProxy(program);
      return cluster;
    } catch (error) {
      await cluster.stop();
      throw error;
    }
  }

  async startProcess(name: ProcessName): Promise<void> {
    const role = name.slice(0, -2);
    const example = this.#example('yaml', `roles: [${role}]`);
    const listen = `127.0.0.1:${PLACES[name][1]}`;
    const text = this.#here(example).replace(/^listen: .*$/m, `listen: ${listen}`);
    const file = join(this.#directory, `${name}.yaml`);
    writeFileSync(file, `${text}${role === 'api' ? AUTH : ''}${this.#hypervisors()}`);
    const env: NodeJS.ProcessEnv = { NODE_EXTRA_CA_CERTS: this.#authority.caFile };
    // Only one process hears what happens to servers, so that the others must be told.
    if (name === 'api-1') env['STEERING_FILE'] = this.#steering;
    this.#processes.set(name, await runServerProgram(['serve', '--config', file], '"msg":"ready"', env));
  }

  /** Starts again what has ended, and waits until the proxies have seen it. */
  async heal(): Promise<void> {
    const ended = PROCESSES.filter((name) => {
      const { exitCode, signalCode } = this.process(name).child;
      return exitCode !== null || signalCode !== null;
    });
    if (ended.length === 0) return;
    await Promise.all(ended.map((name) => this.startProcess(name)));
    await setTimeout(2_500);
  }

  process(name: ProcessName): RunningProgram {
    const found = this.#processes.get(name);
    if (!found) throw new Error(`${name} does not run`);
    return found;
  }

  /** The audit records of one kind, of all processes. */
  records(name: string): AuditRecord[] {
    return PROCESSES.flatMap((process) => {
      const lines = this.process(process).output().split('\n').slice(0, -1);
      return lines
        .filter((line) => line.includes('"audit":'))
        .map((line) => (JSON.parse(line) as { audit: Omit<AuditRecord, 'process'> }).audit)
        .filter((record) => record.name === name)
        .map((record) => ({ ...record, process }));
    });
  }

  /** The hypervisor stops the server, and tells api-1 alone. */
  stopServer(serverId: string): void {
    writeFileSync(this.#steering, `${serverId}\n`, { flag: 'a' });
  }

  /** A request to a public name through a proxy. */
  ask(
    proxy: ProxyProgram,
    host: 'compute' | 'consoles',
    path: string,
    { body, headers = {}, method }: { body?: object; headers?: Record<string, string>; method?: string } = {},
  ): Promise<Answer> {
    const name = `${host}.example.org`;
    const options: RequestOptions = {
      host: '127.0.0.1',
      port: PROXY_PORTS[proxy],
      path,
      method: method ?? (body ? 'POST' : 'GET'),
      ca: this.#authority.ca,
      servername: name,
      localAddress: CLIENT,
      agent: false as const,
      headers: { Host: name, ...(body && { 'Content-Type': 'application/json' }), ...headers },
    };
    return new Promise((resolve, reject) => {
      const outgoing = request(options, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk: string) => {
          text += chunk;
        });
        response.once('end', () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text }),
        );
      });
      outgoing.once('error', reject);
      outgoing.end(body && JSON.stringify(body));
    });
  }

  /** What a browser must know to find the public names at a proxy. */
  hostRules(proxy: ProxyProgram): string {
    return `MAP consoles.example.org:443 127.0.0.1:${PROXY_PORTS[proxy]}`;
  }

  /** The URL of a console, as a client of the API gets it. */
  async consoleUrl(
    proxy: ProxyProgram,
    serverId: string,
    type: 'serial' | 'novnc' = 'serial',
    headers: Record<string, string> = {},
  ): Promise<string> {
    const protocol = type === 'serial' ? 'serial' : 'vnc';
    const { status, text } = await this.ask(proxy, 'compute', `/v2.1/servers/${serverId}/remote-consoles`, {
      body: { remote_console: { protocol, type } },
      headers: { 'X-Auth-Token': MEMBER, 'OpenStack-API-Version': 'compute 2.8', ...headers },
    });
    if (status !== 200) throw new Error(`${status} ${text}`);
    return (JSON.parse(text) as { remote_console: { url: string } }).remote_console.url;
  }

  /** Opens a serial console by its URL, as a page from consoles.example.org does. */
  open(proxy: ProxyProgram, url: string, headers: Record<string, string> = {}): Promise<SerialViewer> {
    const { host, pathname, search } = new URL(url);
    return SerialViewer.open(`wss://127.0.0.1:${PROXY_PORTS[proxy]}${pathname}${search}`, {
      ca: this.#authority.ca,
      servername: host,
      localAddress: CLIENT,
      origin: `https://${host}`,
      headers: { Host: host, ...headers },
    });
  }

  /** Opens a serial console past the proxies, from an address that is no proxy's. */
  openDirectly(name: ProcessName, url: string, headers: Record<string, string> = {}): Promise<SerialViewer> {
    const { host, pathname, search } = new URL(url);
    return SerialViewer.open(`ws://127.0.0.1:${PLACES[name][1]}${pathname}${search}`, {
      localAddress: CLIENT,
      origin: `https://${host}`,
      headers: { Host: host, ...headers },
    });
  }

  redisKeys(): string {
    return execFileSync(
      'redis-cli',
      ['-p', String(REDIS.plainPort), '-a', REDIS.password, '--no-auth-warning', 'keys', '*'],
      { encoding: 'utf8' },
    );
  }

  async stop(): Promise<void> {
    for (const proxy of this.#proxies) await proxy.stop();
    for (const program of this.#processes.values()) program.child.kill('SIGKILL');
    await Promise.all([...this.#processes.values()].map(({ ended }) => ended));
    await this.#redis?.stop();
    this.#authority.remove();
    rmSync(this.#directory, { recursive: true, force: true });
  }

  async #startRedis(): Promise<void> {
    const { certFile, keyFile } = this.#authority.issue('IP:127.0.0.1');
    const { plainPort, tlsPort, password } = REDIS;
    writeFileSync(join(this.#directory, 'redis.password'), `${password}\n`);
    const tls = ['--tls-port', `${tlsPort}`, '--tls-cert-file', certFile, '--tls-key-file', keyFile];
    const args = [...tls, '--tls-ca-cert-file', this.#authority.caFile, '--tls-auth-clients', 'no'];
    this.#redis = await RedisServer.start(plainPort, ...args, '--requirepass', password);
  }

  async #startProxy(program: ProxyProgram): Promise<void> {
    const { cert, key, certFile, keyFile } = this.#authority.issue(
      'DNS:compute.example.org,DNS:consoles.example.org',
    );
    const pem = join(this.#directory, 'tls.pem');
    writeFileSync(pem, cert + key);
    const port = PROXY_PORTS[program];
    const text = this.#here(this.#example(program, ''))
      .replaceAll('listen 443 ssl', `listen 127.0.0.1:${port} ssl`)
      .replace('bind :443 ssl', `bind 127.0.0.1:${port} ssl`)
      .replaceAll('/etc/nginx/tls.crt', certFile)
      .replaceAll('/etc/nginx/tls.key', keyFile)
      .replace('/etc/haproxy/tls.pem', pem);
    this.#proxies.push(await ProxyFixture.start(program, text, port));
  }

  #example(language: string, containing: string): string {
    const blocks = this.#document.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm);
    const found = [...blocks].find(([, name, code = '']) => name === language && code.includes(containing));
    if (!found?.[2]) throw new Error(`docs/deployment.md has no ${language} with ${containing}`);
    return found[2];
  }

  /** The text with our addresses instead of those of the documentation. */
  #here(text: string): string {
    let here = text
      .replace('redis.example.org:6379', `127.0.0.1:${REDIS.tlsPort}`)
      .replace('[10.0.0.1]', '[127.0.0.1]');
    for (const [documented, port] of Object.values(PLACES))
      here = here.replaceAll(documented, `127.0.0.1:${port}`);
    return here;
  }

  #hypervisors(): string {
    const servers = this.#serverIds.map((id, index) => ({
      id,
      name: `server-${index}`,
      project: 'p',
      host: 'h',
      consoles: { serial: 'live', vnc: 'live' },
    }));
    return `hypervisors: ${JSON.stringify([{ name: 'hv', module: HYPERVISOR, options: { servers } }])}\n`;
  }
}

const AUTH = `auth: ${JSON.stringify({
  options: {
    tokens: [
      { token: MEMBER, user: 'member', project: 'p', roles: ['member'] },
      { token: ADMIN, user: 'admin', project: 'q', roles: ['admin'] },
    ],
  },
})}\n`;
