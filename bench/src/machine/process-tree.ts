import { readdirSync, readFileSync } from 'node:fs';

/** Clock ticks per second, as /proc counts CPU time on every Linux that Node runs on. */
const TICKS = 100;

/** CPU time that a process and all its descendants have used, those that have ended included; s. */
export function cpuSeconds(root: number): number {
  return processTree(root).reduce((sum, pid) => sum + secondsOf(pid), 0);
}

/** Memory of a process and its descendants, pages that they share counted once; KiB. */
export function pssKiB(root: number): number {
  return processTree(root).reduce((sum, pid) => sum + fieldOf(pid, 'smaps_rollup', 'Pss'), 0);
}

/** Memory of a process and its descendants as ps(1) shows it; KiB. */
export function rssKiB(root: number): number {
  return processTree(root).reduce((sum, pid) => sum + fieldOf(pid, 'status', 'VmRSS'), 0);
}

function processTree(root: number): number[] {
  const children = new Map<number, number[]>();
  for (const name of readdirSync('/proc')) {
    const fields = /^\d+$/.test(name) ? statOf(Number(name)) : undefined;
    if (fields) children.set(Number(fields[1]), [...(children.get(Number(fields[1])) ?? []), Number(name)]);
  }
  const tree = [root];
  for (const pid of tree) tree.push(...(children.get(pid) ?? []));
  return tree;
}

/**
 * Threads' exact run times (proc(5), schedstat) and, in whole ticks, the time of children who were waited for: a
 * process that lives for less than a tick would be free if only ticks were counted.
 */
function secondsOf(pid: number): number {
  const waited = statOf(pid);
  const children = waited ? (Number(waited[13]) + Number(waited[14])) / TICKS : 0;
  return threadsOf(pid).reduce((sum, thread) => sum + runTime(pid, thread), children);
}

function runTime(pid: number, thread: string): number {
  return Number((readProc(pid, `task/${thread}/schedstat`) ?? '0').split(' ', 1)[0]) / 1e9;
}

function threadsOf(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/task`);
  } catch {
    return [];
  }
}

/** The fields after the command name, which may hold anything. */
function statOf(pid: number): string[] | undefined {
  const text = readProc(pid, 'stat');
  return text?.slice(text.lastIndexOf(')') + 2).split(' ');
}

function fieldOf(pid: number, file: string, name: string): number {
  return Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(readProc(pid, file) ?? '')?.[1] ?? 0);
}

/** Processes come and go while we look. */
function readProc(pid: number, file: string): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return undefined;
  }
}
