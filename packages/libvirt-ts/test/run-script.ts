import { type ChildProcess, spawn } from 'node:child_process';
import { onTestFinished } from 'vitest';

const dist = new URL('../dist/', import.meta.url).href;

export interface ScriptRun {
  process: ChildProcess;
  /** Resolves with the first line that the script prints. */
  firstLine: Promise<string>;
  ended: Promise<{ code: number | null; signal: NodeJS.Signals | null; output: string }>;
}

/**
 * Runs a module in a Node.js process of its own. `DIST` in it stands for this package's built files.
 *
 * @param wrapper a command, with its arguments, that runs the process
 */
export function runScript(source: string, wrapper: readonly string[] = []): ScriptRun {
  const script = ['--input-type=module', '-e', source.replaceAll('DIST/', dist)];
  const [command = process.execPath, ...parameters] = [...wrapper, process.execPath, ...script];
  const child = spawn(command, parameters, { stdio: ['ignore', 'pipe', 'pipe'] });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  let output = '';
  const firstLine = new Promise<string>((resolve) => {
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk;
      if (output.includes('\n')) resolve(output.slice(0, output.indexOf('\n')));
    });
  });
  child.stderr.on('data', (chunk: Buffer) => {
    output += chunk;
  });
  const ended = new Promise<Awaited<ScriptRun['ended']>>((resolve) => {
    child.once('close', (code, signal) => resolve({ code, signal, output }));
  });
  return { process: child, firstLine, ended };
}
