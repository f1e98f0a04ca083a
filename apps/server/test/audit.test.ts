import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import WebSocket from 'ws';
import { ApiClient } from './api-client.js';
import { type RunningProgram, runProgram, runServerProgram } from './run-server.js';

const ADDRESS = '127.0.0.1:18814';
const SERVER_ID = '5a000000-0000-4000-8000-000000000001';
const configuration = (audit: string) => `
listen: ${ADDRESS}
log: { level: warn }
audit: ${audit}
auth:
  options: { tokens: [{ token: audited-user-token, user: u-1, project: p-1, roles: [member] }] }
hypervisors:
  - name: hv
    module: "@remote-consoles/adapter-memory"
    options:
      servers: [{ id: ${SERVER_ID}, name: web, project: p-1, host: here, consoles: { serial: live } }]
`;

interface Recorded {
  readonly name: string;
  readonly outcome: string;
  readonly reason?: { readonly reasonCode: string };
  readonly initiator: object;
  readonly target: object;
  readonly attachments?: readonly { readonly content: Record<string, unknown> }[];
}

const parse = (text: string) =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Recorded);
const shortly = ({ name, outcome, reason }: Recorded) => [name, outcome, reason?.reasonCode ?? ''].join(' ');

const POLL = { timeout: 20_000 };
const running: RunningProgram[] = [];
/** The names and types of everything in a value. */
function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shapeOf);
  if (typeof value !== 'object' || value === null) return typeof value;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, shapeOf(part)]));
}

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'audit-'));
});
afterAll(() => rm(folder, { recursive: true }));
afterEach(() => Promise.all(running.splice(0).map((program) => program.stop())));

async function start(audit: string): Promise<RunningProgram> {
  await writeFile(join(folder, 'consoles.yaml'), configuration(audit));
  const program = await runServerProgram(['serve', '--config', join(folder, 'consoles.yaml')], '');
  running.push(program);
  const answers = () =>
    fetch(`http://${ADDRESS}/healthz`).then(
      ({ ok }) => ok,
      () => false,
    );
  await expect.poll(answers, POLL).toBe(true);
  return program;
}

/** Opens a console, closes it, and is refused with a token that is none. */
async function useConsole(): Promise<void> {
  const url = await new ApiClient(`http://${ADDRESS}`, 'audited-user-token').consoleUrl(
    SERVER_ID,
    'serial',
    'serial',
  );
  const socket = new WebSocket(url, ['binary']);
  await new Promise((resolve, reject) => socket.on('message', resolve).on('error', reject));
  socket.close();
  await new Promise((resolve) => socket.on('close', resolve));
  await fetch(`http://${ADDRESS}/?token=00000000-0000-4000-8000-000000000000`);
}

const STORY = [
  'console.issue success ',
  'console.redeem success ',
  'console.open success ',
  'console.close success viewer-closed',
  'console.refuse failure token-invalid',
];

it('keeps a record of everything in a file that can be rotated', async () => {
  const file = join(folder, 'audit.log');
  const program = await start('{ destination: file, file: audit.log }');
  await useConsole();
  await expect.poll(async () => parse(await readFile(file, 'utf8')).length, POLL).toBe(STORY.length);
  const records = parse(await readFile(file, 'utf8'));
  expect(records.map(shortly).sort()).toEqual([...STORY].sort());

  const issued = records.find(({ name }) => name === 'console.issue');
  const closed = records.find(({ name }) => name === 'console.close');
  expect(closed).toMatchObject({
    typeURI: 'http://schemas.dmtf.org/cloud/audit/1.0/event',
    eventType: 'activity',
    action: 'stop/console-session',
    initiator: { id: 'u-1', project_id: 'p-1', host: { address: '127.0.0.1' } },
    target: { id: SERVER_ID, typeURI: 'compute/machine' },
  });
  expect(closed?.attachments?.[0]?.content).toMatchObject({
    request_id: issued?.attachments?.[0]?.content['request_id'],
    console_type: 'serial',
    bytes_to_viewer: expect.any(Number),
  });

  const documented = await readFile(new URL('../../../docs/operations.md', import.meta.url), 'utf8');
  const [, example = ''] = documented.match(/^```json\n([\s\S]*?)^```$/m) ?? [];
  expect(shapeOf(JSON.parse(example))).toEqual(shapeOf(closed));

  await rename(file, `${file}.1`);
  program.child.kill('SIGHUP');
  await expect.poll(() => existsSync(file), POLL).toBe(true);
  await useConsole();
  expect((await program.stop()).code).toBe(0);
  expect(
    parse(await readFile(file, 'utf8'))
      .map(shortly)
      .sort(),
  ).toEqual([...STORY].sort());
  expect(parse(await readFile(`${file}.1`, 'utf8'))).toHaveLength(STORY.length);
});

it('records who ended a session, and that it ended for that', async () => {
  const program = await start('{ destination: file, file: terminate.log }');
  const client = new ApiClient(`http://${ADDRESS}`, 'audited-user-token');
  const socket = new WebSocket(await client.consoleUrl(SERVER_ID, 'serial', 'serial'), ['binary']);
  await new Promise((resolve, reject) => socket.on('message', resolve).on('error', reject));
  const { sessions } = (await (await client.get('/console/sessions')).json()) as {
    sessions: { id: string }[];
  };
  const id = sessions[0]?.id ?? '';
  const ended = new Promise((resolve) => socket.on('close', resolve));
  const headers = { 'X-Auth-Token': 'audited-user-token' };
  const answer = await fetch(`http://${ADDRESS}/console/sessions/${id}`, { method: 'DELETE', headers });
  expect(answer.status).toBeLessThan(300);
  await ended;
  await program.stop();
  const records = parse(await readFile(join(folder, 'terminate.log'), 'utf8')).slice(-2);
  expect(records.map(shortly).sort()).toEqual([
    'console.close success terminated',
    'console.terminate success ',
  ]);
  for (const record of records) {
    expect(record).toMatchObject({ initiator: { id: 'u-1' }, target: { id: SERVER_ID } });
    expect(record.attachments?.[0]?.content).toMatchObject({ session_id: id });
  }
});

it('prints records as log lines whatever the level of the log, or keeps none', async () => {
  const printing = await start('{ destination: stdout }');
  await useConsole();
  const { stdout } = await printing.stop();
  const lines = stdout
    .split('\n')
    .filter((line) => line.includes('"audit"'))
    .map((line) => shortly((JSON.parse(line) as { audit: Recorded }).audit));
  expect(lines.sort()).toEqual([...STORY].sort());

  const silent = await start('{ destination: none }');
  await useConsole();
  expect((await silent.stop()).stdout).not.toContain('console.issue');
});

it('does not start where the file cannot be opened', async () => {
  await writeFile(
    join(folder, 'consoles.yaml'),
    configuration('{ destination: file, file: nowhere/audit.log }'),
  );
  const { code, stderr } = await runProgram(['serve', '--config', join(folder, 'consoles.yaml')]);
  expect(code).toBe(2);
  expect(stderr).toMatch(/line 4, audit\.file: cannot open .*nowhere\/audit\.log: ENOENT/);
});
