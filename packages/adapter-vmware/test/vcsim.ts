import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fixture } from './parts.js';
import { VsphereAdmin } from './vsphere-admin.js';

/** A VM of the simulator, as it names them when it starts. */
export interface SimulatedVm {
  readonly moid: string;
  readonly name: string;
  readonly uuid: string;
  readonly instanceUuid: string;
}

interface Ready {
  readonly url: string;
  readonly username: string;
  readonly password: string;
  readonly sha1: string;
  readonly sha256: string;
  readonly pid: number;
  readonly vms: readonly [SimulatedVm, SimulatedVm, ...SimulatedVm[]];
}

/** A simulated vCenter or ESXi host. */
export class Vcsim {
  readonly ready: Ready;
  /** Holds the server's cert.pem and key.pem. */
  readonly directory: string;
  readonly #process: ChildProcess;
  readonly #keep: boolean;
  #admin: VsphereAdmin | undefined;

  private constructor(ready: Ready, directory: string, keep: boolean, process: ChildProcess) {
    this.ready = ready;
    this.directory = directory;
    this.#keep = keep;
    this.#process = process;
  }

  /**
   * @param flags of `vcsim.sh run`
   * @param at.directory where the certificate is, or is to be, kept; one of its own where absent
   */
  static async start(
    flags: readonly string[] = [],
    at: { readonly port?: number; readonly directory?: string } = {},
  ): Promise<Vcsim> {
    const directory = at.directory ?? mkdtempSync(join(tmpdir(), 'vcsim-'));
    const listen = `127.0.0.1:${at.port ?? (await freePort())}`;
    const simulator = spawn(fixture('vcsim.sh'), ['run', directory, '-l', listen, ...flags], {
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    let log = '';
    simulator.stderr.on('data', (text) => {
      log = `${log}${text}`.slice(-4000);
    });
    const lines = createInterface({ input: simulator.stdout });
    const [line] = await Promise.race([once(lines, 'line'), once(simulator, 'exit').then(() => [])]);
    if (line === undefined) throw new Error(`vcsim did not start: ${log}`);
    return new Vcsim(JSON.parse(line), directory, at.directory !== undefined, simulator);
  }

  get port(): number {
    return Number(new URL(this.ready.url).port);
  }

  /** The operator who switches VMs off behind the adapter's back. */
  async admin(): Promise<VsphereAdmin> {
    this.#admin ??= await VsphereAdmin.logIn(this.ready);
    return this.#admin;
  }

  /** Stops answering, with connections open, until `thaw`. */
  async freeze(): Promise<void> {
    process.kill(this.ready.pid, 'SIGSTOP');
    const tasks = `/proc/${this.ready.pid}/task`;
    // Each thread stops when it next comes round to it.
    await until('the stop of every thread', () =>
      readdirSync(tasks).every((task) => / [Tt] /.test(readFileSync(`${tasks}/${task}/stat`, 'utf8'))),
    );
  }

  thaw(): void {
    process.kill(this.ready.pid, 'SIGCONT');
  }

  async stop(): Promise<void> {
    this.#admin?.close();
    if (this.#process.exitCode === null && this.#process.signalCode === null) {
      const exited = once(this.#process, 'exit');
      this.#process.stdin?.end();
      this.thaw();
      await exited;
    }
    if (!this.#keep) rmSync(this.directory, { recursive: true, force: true });
  }
}

/** Below the ports that outgoing connections are given. */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const port = 21_000 + Math.floor(Math.random() * 9_000);
    const server = createServer();
    const free = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false));
      server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
    });
    if (free) return port;
  }
  throw new Error('no free port');
}

/** Resolves when the condition holds; fails where it does not within 10 s. */
export async function until(what: string, condition: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`${what} did not happen`);
    await sleep(20);
  }
}
