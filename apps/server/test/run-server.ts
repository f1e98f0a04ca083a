import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../dist/main.js', import.meta.url));

/** A run of the shipped program that has ended. */
export interface FinishedRun {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The shipped program, running. */
export interface RunningProgram {
  readonly child: ChildProcess;
  /** What it has printed so far, both streams. */
  output(): string;
  /** Resolves when it has ended. */
  readonly ended: Promise<FinishedRun>;
  /** Sends SIGTERM and waits for the end. */
  stop(): Promise<FinishedRun>;
}

/** Runs `remote-consoles` to its end. */
export async function runProgram(args: string[], env: NodeJS.ProcessEnv = {}): Promise<FinishedRun> {
  const program = startProgram(args, env, '');
  return program.ended;
}

/** Starts `remote-consoles` and waits until its output has the text. */
export async function runServerProgram(
  args: string[],
  readyText: string,
  env: NodeJS.ProcessEnv = {},
  input = '',
): Promise<RunningProgram> {
  const program = startProgram(args, env, input);
  const deadline = Date.now() + 30_000;
  while (!program.output().includes(readyText)) {
    if (program.child.exitCode !== null || Date.now() > deadline) {
      program.child.kill('SIGKILL');
      throw new Error(`remote-consoles ${args.join(' ')} did not get ready:\n${program.output()}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return program;
}

function startProgram(args: string[], env: NodeJS.ProcessEnv, input: string) {
  const child = spawn(process.execPath, [MAIN, ...args], {
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  child.stdin.end(input);
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const ended = once(child, 'close').then(([code]): FinishedRun => ({ code, stdout, stderr }));
  const stop = () => {
    child.kill('SIGTERM');
    return ended;
  };
  return { child, output: () => stdout + stderr, ended, stop };
}
