import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import WebSocket from 'ws';
import { parse } from 'yaml';
import { ApiClient } from './api-client.js';
import { type RunningProgram, runProgram, runServerProgram } from './run-server.js';

const ADDRESS = '127.0.0.1:18811';
const METRICS = '127.0.0.1:18812';
const SERVER_ID = '5b000000-0000-4000-8000-000000000001';
const CONFIGURATION = `
listen: ${ADDRESS}
metrics: { listen: ${METRICS} }
audit: { destination: none }
auth:
  options: { tokens: [{ token: measured-user-token, user: u-1, project: p-1, roles: [member] }] }
hypervisors:
  - name: kvm-1
    module: "@remote-consoles/adapter-memory"
    options:
      servers: [{ id: ${SERVER_ID}, name: web, project: p-1, host: here, consoles: { serial: live } }]
`;

let folder = '';
let program: RunningProgram;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'metrics-'));
  await writeFile(join(folder, 'consoles.yaml'), CONFIGURATION);
  program = await runServerProgram(['serve', '--config', join(folder, 'consoles.yaml')], '"ready"');
});
afterAll(async () => {
  await program.stop();
  await rm(folder, { recursive: true });
});

const scrape = async () => (await fetch(`http://${METRICS}/metrics`)).text();
const operations = await readFile(new URL('../../../docs/operations.md', import.meta.url), 'utf8');

it('counts a console from its issue to its end', async () => {
  const client = new ApiClient(`http://${ADDRESS}`, 'measured-user-token');
  const url = await client.consoleUrl(SERVER_ID, 'serial', 'serial');
  const socket = new WebSocket(url, ['binary']);
  await new Promise((resolve, reject) => socket.on('message', resolve).on('error', reject));
  expect(await scrape()).toContain('remote_consoles_sessions{type="serial",hypervisor="kvm-1"} 1\n');
  socket.close();
  await expect
    .poll(scrape, { timeout: 10_000 })
    .toContain('remote_consoles_session_closes_total{type="serial",reason="viewer-closed"} 1\n');
  const text = await scrape();
  expect(text).toContain(
    'remote_consoles_api_requests_total{operation="createRemoteConsole",status="200"} 1\n',
  );
  expect(text).toContain('remote_consoles_token_issues_total{code="ok"} 1\n');
  expect(text).toContain('remote_consoles_upstream_open_duration_seconds_count{transport="tcp"} 1\n');
  expect(text).toContain('remote_consoles_auth_lookup_duration_seconds_count{result="ok"} 1\n');
  expect(text).toContain('remote_consoles_hypervisor_up{hypervisor="kvm-1"} 1\n');
  expect(text).toMatch(/remote_consoles_relayed_bytes_total\{direction="to_viewer"\} [1-9]/);
});

it('has the metrics, types and labels that docs/operations.md lists, and no other', async () => {
  const text = await scrape();
  const found = new Map<string, string>();
  for (const [, name = '', type = ''] of text.matchAll(/^# TYPE (\S+) (\S+)$/gm)) found.set(name, type);
  const rows = [...operations.matchAll(/^\| `(\w+)`\s+\| (\w+)\s+\| ([^|]*?)\s*\| /gm)];
  const documented = new Map(rows.map(([, name = '', type = '']) => [name, type]));
  expect([...documented].sort()).toEqual([...found].sort());
  for (const [, name = '', , labels = ''] of rows) {
    const sample = text.match(new RegExp(`^${name}(?:_count)?\\{(.*)\\} `, 'm'));
    const names = [...(sample?.[1] ?? '').matchAll(/(\w+)="/g)].map(([, label]) => label);
    const listed = [...labels.matchAll(/`(\w+)`/g)].map(([, label]) => label);
    if (sample || listed.length === 0) expect(names, name).toEqual(listed);
  }
});

it('has the metrics that the examples of alerts ask for', async () => {
  const [, example = ''] = operations.match(/^```yml\n([\s\S]*?)^```$/m) ?? [];
  const text = await scrape();
  const { groups } = parse(example) as { groups: { rules: { expr: string }[] }[] };
  const names = groups.flatMap(({ rules }) =>
    rules.flatMap(({ expr }) => expr.match(/remote_consoles_\w+/g) ?? []),
  );
  expect(names.length).toBeGreaterThan(3);
  for (const name of names) expect(text).toContain(`# TYPE ${name} `);
});

it('is nowhere but at its own address', async () => {
  for (const path of ['/metrics', '/metrics/', '/v2.1/metrics']) {
    expect(await (await fetch(`http://${ADDRESS}${path}`)).text()).not.toContain('remote_consoles_');
  }
  expect((await fetch(`http://${METRICS}/healthz`)).status).toBe(404);
  expect((await fetch(`http://${METRICS}/metrics`, { method: 'POST' })).status).toBe(404);
  expect((await fetch(`http://${METRICS}/metrics`)).headers.get('content-type')).toMatch(
    /^text\/plain; version=0\.0\.4/,
  );
});

it('says that its address is taken', async () => {
  const { code, stderr } = await runProgram([
    'serve',
    ...['--config', join(folder, 'consoles.yaml')],
    ...['--listen', '127.0.0.1:18813'],
  ]);
  expect(code).toBe(2);
  expect(stderr).toMatch(/line 3, metrics\.listen: 127\.0\.0\.1:18812: the address is in use/);
});
