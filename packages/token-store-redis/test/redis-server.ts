import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Whether Debian's redis-server is here; in CI it must be. */
export function redisIsInstalled(): boolean {
  try {
    execFileSync('redis-server', ['--version']);
    return true;
  } catch (error) {
    if (process.env['CI'] === 'true') throw error;
    console.warn('\n*** SKIPPED: tests against Redis. redis-server is not installed ***\n');
    return false;
  }
}

/** A real redis-server on loopback, with a directory of its own. */
export class RedisServer {
  readonly port: number;
  readonly directory: string;
  readonly #args: readonly string[];
  #process: ChildProcess | undefined;

  private constructor(port: number, directory: string, args: readonly string[]) {
    this.port = port;
    this.directory = directory;
    this.#args = args;
  }

  static async start(port: number, ...args: readonly string[]): Promise<RedisServer> {
    const server = await RedisServer.prepare(port, ...args);
    await server.start();
    return server;
  }

  /** Everything but the process. */
  static async prepare(port: number, ...args: readonly string[]): Promise<RedisServer> {
    return new RedisServer(port, await mkdtemp(join(tmpdir(), 'redis-')), args);
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  async start(): Promise<void> {
    const own = ['--port', String(this.port), '--bind', '127.0.0.1', '--dir', this.directory, '--save', ''];
    this.#process = spawn('redis-server', [...own, ...this.#args], { stdio: 'ignore' });
    await untilAccepts(this.port);
  }

  /** What redis-cli prints for a command. */
  cli(...args: readonly string[]): string {
    return execFileSync('redis-cli', ['-p', String(this.port), ...args], { encoding: 'utf8' }).trim();
  }

  freeze(): void {
    this.#process?.kill('SIGSTOP');
  }

  thaw(): void {
    this.#process?.kill('SIGCONT');
  }

  async kill(): Promise<void> {
    const killed = this.#process;
    if (!killed || killed.exitCode !== null || killed.signalCode !== null) return;
    const exit = once(killed, 'exit');
    killed.kill('SIGKILL');
    await exit;
  }

  async stop(): Promise<void> {
    await this.kill();
    await rm(this.directory, { recursive: true, force: true });
  }
}

async function untilAccepts(port: number): Promise<void> {
  for (let attempt = 0; attempt < 300; attempt++) {
    const socket = connect(port, '127.0.0.1');
    const accepted = await Promise.race([
      once(socket, 'connect').then(() => true),
      once(socket, 'error').then(() => false),
    ]).catch(() => false);
    socket.destroy();
    if (accepted) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`redis-server does not accept connections on port ${port}`);
}
