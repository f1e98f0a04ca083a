import { readFileSync } from 'node:fs';

/** Resident memory of a process, in bytes. */
export function residentMemory(pid: number | undefined): number {
  const [, kibibytes = 'NaN'] = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'latin1')) ?? [];
  return Number(kibibytes) * 1024;
}
