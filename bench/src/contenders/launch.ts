import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { connect } from 'node:net';
import { cpus } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { cpuSeconds } from '../machine/process-tree.js';

/** Contenders run on the first core, consoles and viewers on the others, where there are any. */
const PIN = cpus().length > 1 && existsSync('/usr/bin/taskset') ? ['/usr/bin/taskset', '-c', '0'] : [];

export interface Launched {
  readonly pid: number;
  /** CPU that it had used when it began to listen; s */
  readonly startUp: number;
  stop(): Promise<void>;
}

/** Starts a program in the foreground and waits until it listens. */
export async function launch(
  command: readonly string[],
  port: number,
  { pinned = true }: { readonly pinned?: boolean } = {},
): Promise<Launched> {
  const [program = '', ...args] = [...(pinned ? PIN : []), ...command];
  const child = spawn(program, args, { stdio: 'ignore' });
  await listening(port, child);
  const { pid = 0 } = child;
  return {
    pid,
    startUp: cpuSeconds(pid),
    stop: async () => {
      const exit = once(child, 'exit');
      child.kill('SIGTERM');
      await exit;
    },
  };
}

async function listening(port: number, child: ChildProcess): Promise<void> {
  for (let attempt = 0; attempt < 1000 && child.exitCode === null; attempt++) {
    const socket = connect(port, '127.0.0.1');
    const opened = await Promise.race([
      once(socket, 'connect').then(() => true),
      once(socket, 'error').then(() => false),
    ]).catch(() => false);
    socket.destroy();
    if (opened) return;
    await sleep(10);
  }
  throw new Error(`nothing listens on port ${port}: ${child.spawnargs.join(' ')}`);
}

/** The first of these files that exists: Debian puts servers where users' PATH does not look. */
export function findProgram(name: string): string | undefined {
  const folders = [...(process.env['PATH'] ?? '').split(':'), '/usr/sbin', '/usr/bin'];
  return folders.map((folder) => `${folder}/${name}`).find((file) => existsSync(file));
}
