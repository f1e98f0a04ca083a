// pnpm bench:api: POST remote-consoles end to end beside the least that Node could do, in turn.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { loadApi } from './api/api-load.js';
import { API_TOKEN, GATEWAY_PORT, startGateway } from './contenders/gateway.js';
import { MachineNoise } from './machine/machine-noise.js';
import { cpuSeconds, pssKiB } from './machine/process-tree.js';
import { median } from './report/median.js';
import { asMarkdown, asText } from './report/report.js';

const ROUNDS = Number(process.env['BENCH_ROUNDS'] ?? 5);
const REQUESTS = Number(process.env['BENCH_REQUESTS'] ?? 20_000);
const CLIENTS = 16;
const BARE_PORT = 18_930;

/** Nova 26.2.2 of Debian 12 on two cores, all its services: requests/s with 16 clients, and CPU ms for a request. */
const NOVA = { rate: 44.2, cpu: 42 };

interface Result {
  readonly rate: number;
  /** µs */
  readonly cpu: number;
  /** ms */
  readonly p99: number;
}

const noise = new MachineNoise(30_000);
await noise.waitForQuiet();
const others = noise.since();
const bare = fork(fileURLToPath(new URL('api/bare-http.js', import.meta.url)), [
  String(BARE_PORT),
  API_TOKEN,
]);
await once(bare, 'message');
const gateway = await startGateway({ tokenLife: 1, pinned: false, logLevel: 'warn' });
const pid = gateway.pid('quiet');
const path = '/v2.1/servers/demo/remote-consoles';
try {
  await run(pid, GATEWAY_PORT);
  await run(bare.pid ?? 0, BARE_PORT);
  const rounds: { ours: Result; theirs: Result }[] = [];
  const memory: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    rounds.push({ ours: await run(pid, GATEWAY_PORT), theirs: await run(bare.pid ?? 0, BARE_PORT) });
    memory.push(Math.round(pssKiB(pid) / 1024));
  }
  report(rounds, memory);
} finally {
  await gateway.stop();
  bare.disconnect();
}

async function run(process: number, port: number): Promise<Result> {
  const before = cpuSeconds(process);
  const load = await loadApi(port, path, API_TOKEN, CLIENTS, REQUESTS);
  return {
    rate: REQUESTS / load.seconds,
    cpu: ((cpuSeconds(process) - before) * 1e6) / REQUESTS,
    p99: load.latencies[Math.floor(REQUESTS * 0.99)] ?? Number.NaN,
  };
}

function report(rounds: readonly { ours: Result; theirs: Result }[], memory: readonly number[]): void {
  const ours = (figure: keyof Result) => median(rounds.map((round) => round.ours[figure]));
  const ratio = median(rounds.map((round) => round.ours.cpu / round.theirs.cpu));
  const [rate, cpu, p99] = [ours('rate'), ours('cpu'), ours('p99')];
  const goal = (met: boolean, text: string) => `${met ? 'met' : 'MISSED'} ${text}`;
  const table = [
    ['', 'remote-consoles', 'beside', 'goals'],
    [
      'requests/s',
      rate.toFixed(0),
      `${(rate / NOVA.rate).toFixed(0)} × Nova`,
      goal(rate >= 100 * NOVA.rate, '≥ 100 × Nova'),
    ],
    [
      'CPU a request',
      `${cpu.toFixed(0)} µs`,
      `1/${((NOVA.cpu * 1000) / cpu).toFixed(0)} of Nova, ${ratio.toFixed(2)} × bare http`,
      goal(ratio <= 1.6, '≤ 1.6 × bare http'),
    ],
    ['p99', `${p99.toFixed(1)} ms`, '', goal(p99 <= 10, '≤ 10 ms')],
    ['memory, round by round', `${memory.join(', ')} MiB`, '', ''],
  ];
  console.log(
    `POST remote-consoles, ${CLIENTS} clients, ${ROUNDS} × ${REQUESTS} requests, tokens that live 1 s; others used ${(others() * 100).toFixed(0)} % of the machine\n`,
  );
  console.log(process.argv.includes('--markdown') ? asMarkdown(table) : asText(table));
}
