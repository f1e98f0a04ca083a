import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** Debian packages that this needs. */
export const VNC_TERMINAL_PACKAGES = ['tigervnc-standalone-server', 'xterm'];

/** A real RFB server on loopback that shows a terminal, which keeps what is typed into it, line by line. */
export class VncTerminal {
  readonly port: number;
  readonly #file: string;
  readonly #folder: string;
  readonly #processes: readonly ChildProcess[];

  private constructor(port: number, folder: string, file: string, processes: readonly ChildProcess[]) {
    this.port = port;
    this.#folder = folder;
    this.#file = file;
    this.#processes = processes;
  }

  /** @param display the number of the X display; the port is 5900 more */
  static async start(display: number): Promise<VncTerminal> {
    const port = 5900 + display;
    const folder = mkdtempSync(join(tmpdir(), 'vnc-terminal-'));
    const file = join(folder, 'typed');
    const server = spawn(
      'Xtigervnc',
      [`:${display}`, '-rfbport', `${port}`, '-interface', '127.0.0.1', '-localhost', '-AlwaysShared'].concat(
        ['-SecurityTypes', 'None', '-geometry', '1024x768', '-depth', '24'],
      ),
      { stdio: 'ignore' },
    );
    const deadline = Date.now() + 20_000;
    while (!(await answers(port))) {
      if (server.exitCode !== null || Date.now() > deadline) throw new Error('Xtigervnc does not answer');
      await sleep(50);
    }
    const terminal = spawn(
      'xterm',
      ['-display', `:${display}`, '-geometry', '100x40+40+40', '-e', `cat > ${file}`],
      { stdio: 'ignore' },
    );
    while (!existsSync(file)) {
      if (terminal.exitCode !== null || Date.now() > deadline) throw new Error('xterm does not start');
      await sleep(50);
    }
    return new VncTerminal(port, folder, file, [terminal, server]);
  }

  /** The lines so far. */
  typed(): string {
    return readFileSync(this.#file, 'utf8');
  }

  async stop(): Promise<void> {
    for (const child of this.#processes) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      const exited = once(child, 'exit');
      child.kill();
      await exited;
    }
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
