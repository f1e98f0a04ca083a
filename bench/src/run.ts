// pnpm bench: the shipped gateway beside Debian's websockify, in turn, so that a noisy machine is noisy for both.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';
import { startGateway, startWebsockify } from './contender.js';
import { MEASURES } from './measures.js';

const ROUNDS = Number(process.env['BENCH_ROUNDS'] ?? 5);

if (!existsSync('/usr/bin/websockify')) {
  console.error('websockify is needed as the peer: apt-get install websockify');
  process.exit(2);
}

console.log(
  `${cpus().length} × ${cpus()[0]?.model}, Node ${process.version}, load ${loadavg()[0]?.toFixed(1)}`,
);
const target = fork(fileURLToPath(new URL('target.js', import.meta.url)));
await once(target, 'message');
let gateway = await startGateway();
let websockify = await startWebsockify();
console.log(row('medians', 'remote-consoles', 'websockify', 'ratio'));
try {
  for (const measure of MEASURES) {
    const rows: { ours: number; theirs: number }[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      if (measure.fresh) await startAfresh();
      rows.push({ ours: await measure.run(gateway), theirs: await measure.run(websockify) });
    }
    const ours = median(rows.map((row) => row.ours));
    const theirs = median(rows.map((row) => row.theirs));
    const ratio = median(rows.map((row) => row.ours / row.theirs));
    console.log(row(measure.name, `${ours} ${measure.unit}`, `${theirs} ${measure.unit}`, String(ratio)));
  }
} finally {
  await gateway.stop();
  await websockify.stop();
  target.disconnect();
}

async function startAfresh(): Promise<void> {
  await gateway.stop();
  await websockify.stop();
  gateway = await startGateway();
  websockify = await startWebsockify();
}

/** Medians of the rounds' own ratios are what to quote: each round's pair met the same noise. */
function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return Number((sorted[sorted.length >> 1] ?? Number.NaN).toPrecision(3));
}

function row(name: string, ours: string, theirs: string, ratio: string): string {
  return name.padEnd(44) + ours.padStart(16) + theirs.padStart(16) + ratio.padStart(12);
}
