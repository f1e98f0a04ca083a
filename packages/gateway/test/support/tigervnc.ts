import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';

let display = 70;

/** A real TigerVNC server on loopback. */
export class TigerVnc {
  readonly port: number;
  readonly #process: ChildProcess;

  private constructor(port: number, process: ChildProcess) {
    this.port = port;
    this.#process = process;
  }

  /** @param parameters such as `-SecurityTypes VncAuth -PasswordFile x` */
  static async start(...parameters: string[]): Promise<TigerVnc> {
    const number = display++ + (process.pid % 100) * 20;
    const port = 20_000 + (number % 10_000);
    const child = spawn(
      'Xtigervnc',
      [
        `:${number}`,
        '-rfbport',
        String(port),
        '-localhost',
        '-geometry',
        '320x200',
        '-depth',
        '24',
        '-nolisten',
        'tcp',
        ...parameters,
      ],
      { stdio: ['ignore', 'ignore', 'pipe'] },
    );
    let log = '';
    child.stderr?.on('data', (chunk) => {
      log += chunk;
    });
    for (let attempt = 0; attempt < 200; attempt++) {
      if (child.exitCode !== null) throw new Error(`Xtigervnc ended: ${log}`);
      if (await answers(port)) return new TigerVnc(port, child);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    child.kill();
    throw new Error(`Xtigervnc does not answer: ${log}`);
  }

  get transport() {
    return { kind: 'tcp' as const, host: '127.0.0.1', port: this.port };
  }

  async close(): Promise<void> {
    if (this.#process.exitCode !== null) return;
    this.#process.kill();
    await once(this.#process, 'exit');
  }
}

async function answers(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  const result = await new Promise<boolean>((resolve) => {
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
  });
  socket.destroy();
  return result;
}
