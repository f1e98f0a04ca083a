// pnpm bench: the shipped gateway beside its peers, in turn, so that a noisy machine is noisy for all.
import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { Consoles } from './console/consoles.js';
import type { Contender, ContenderName } from './contenders/contender.js';
import { startGateway } from './contenders/gateway.js';
import { findProgram } from './contenders/launch.js';
import { hasLighttpd, startLighttpd } from './contenders/lighttpd.js';
import { hasNginx, startNginx } from './contenders/nginx.js';
import { startWebsockify } from './contenders/websockify.js';
import { createCertificate } from './machine/certificate.js';
import { MachineNoise } from './machine/machine-noise.js';
import { MEASURES } from './measures/index.js';
import type { Figure, Measure } from './measures/measure.js';
import type { Outcome } from './report/outcome.js';
import { asJson, asMarkdown, asText, tableOf } from './report/report.js';

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    tls: { type: 'boolean', default: false },
    only: { type: 'string', default: '' },
    markdown: { type: 'boolean', default: false },
    json: { type: 'string' },
  },
});
const rounds = Number(options.rounds);
const tls = options.tls ? createCertificate() : undefined;
const measures = MEASURES.filter(({ figures }) => figures.some(({ name }) => name.includes(options.only)));

const starts: (() => Promise<Contender>)[] = [() => startGateway(tls ? { tls } : {})];
if (hasNginx()) starts.push(() => startNginx(tls));
if (findProgram('websockify')) starts.push(() => startWebsockify(tls));
if (hasLighttpd(tls)) starts.push(() => startLighttpd(tls));
if (starts.length < 3) console.error('for all peers: apt-get install nginx libnginx-mod-stream websockify');

const results = new Map<Figure, Map<ContenderName, number>[]>();
const names = new Set<ContenderName>();
const noise = new MachineNoise(45_000);
const others: number[] = [];
const begun = performance.now();
const consoles = await Consoles.start();
try {
  for (let round = 0; round < rounds; round++) {
    await noise.waitForQuiet();
    const since = noise.since();
    for (const fresh of [true, false]) {
      const due = measures.filter(
        (each) => (each.fresh ?? false) === fresh && round < (each.rounds ?? rounds),
      );
      if (due.length > 0) await inTurn(due);
    }
    others.push(since());
    console.error(`round ${round + 1} of ${rounds}, others used ${percent(others.at(-1) ?? 0)}`);
  }
} finally {
  consoles.stop();
}
report();

/** Starts all contenders, takes each measure of each of them, and stops them. */
async function inTurn(due: readonly Measure[]): Promise<void> {
  const contenders: Contender[] = [];
  try {
    for (const start of starts) contenders.push(await start());
    for (const measure of due) await take(measure, contenders);
  } finally {
    for (const contender of contenders) await contender.stop();
  }
}

async function take(measure: Measure, contenders: readonly Contender[]): Promise<void> {
  const maps = measure.figures.map(() => new Map<ContenderName, number>());
  for (const contender of contenders) {
    names.add(contender.name);
    if (measure.only && !measure.only.includes(contender.name)) continue;
    const numbers = await measure.run(contender, consoles);
    for (const [at, map] of maps.entries()) map.set(contender.name, numbers[at] ?? Number.NaN);
  }
  for (const [at, figure] of measure.figures.entries()) {
    results.set(figure, [...(results.get(figure) ?? []), ...maps.slice(at, at + 1)]);
  }
}

function report(): void {
  const outcomes: Outcome[] = Array.from(results, ([figure, all]) => ({ figure, rounds: all }));
  const table = tableOf(outcomes, [...names]);
  const machine = `${cpus().length} × ${cpus()[0]?.model}, Node ${process.version}`;
  const minutes = ((performance.now() - begun) / 60_000).toFixed(1);
  const quiet = others.every((share) => noise.isQuiet(share))
    ? 'the machine was quiet'
    : `the machine was NOT quiet: others used up to ${percent(Math.max(...others))} of it, so trust the ratios only`;
  console.log(
    `${machine}, ${tls ? 'TLS' : 'no TLS'}, medians of ${rounds} rounds, ${minutes} min; ${quiet}\n`,
  );
  console.log(options.markdown ? asMarkdown(table) : asText(table));
  if (options.json)
    writeFileSync(options.json, asJson(outcomes, { machine, tls: tls !== undefined, rounds, others }));
}

function percent(share: number): string {
  return `${(share * 100).toFixed(0)} %`;
}
