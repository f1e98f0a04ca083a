import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { ApiClient } from './api-client.js';
import { type RunningProgram, runServerProgram } from './run-server.js';

const FILE = fileURLToPath(new URL('../../../docs/api.md', import.meta.url));
const ADDRESS = '127.0.0.1:18779';
/** The server whose session the samples show, and what they call the session. */
const SERIAL = 'd3300000-0000-4000-8000-000000000003';
const SESSION = '5f0c2d7e-3b5a-4e0f-9a54-0f6b1f1f3c11';
const SAMPLE = /```http\n([\s\S]*?)```\n\n```json\n([\s\S]*?)```/g;

/** Sends a request as it stands in the documentation. */
async function send(request: string): Promise<string> {
  const [head = '', body = ''] = request.split('\n\n');
  const [line = '', ...fields] = head.trim().split('\n');
  const [method = '', path = ''] = line.split(' ');
  const headers = Object.fromEntries(fields.map((field) => field.split(': ') as [string, string]));
  const response = await fetch(`http://${ADDRESS}${path}`, {
    method,
    headers: { ...headers, 'Content-Type': 'application/json' },
    ...(body.trim() !== '' && { body: body.trim() }),
  });
  return `${JSON.stringify(stable(await response.json()), undefined, 2)}\n`;
}

/** What differs from run to run is shown as if it did not. */
function stable(value: unknown): unknown {
  const text = JSON.stringify(value)
    .replaceAll(ADDRESS, '127.0.0.1:8774')
    .replaceAll(/(token(?:=|%3D))[0-9a-f-]{36}/g, '$10b6d4a52-6f0b-4b0e-9d0c-2f3a8a7c1e11')
    .replaceAll(/("sessions":\[\{"id":)"[0-9a-f-]{36}"/g, `$1"${SESSION}"`)
    .replaceAll(/"gateway":"[^"]+"/g, '"gateway":"gateway-1"')
    .replaceAll(/"req-[0-9a-f-]{36}"/g, '"req-9a0f7c62-55e4-4c1b-8d35-1f0c0e7f2b11"')
    .replaceAll(/"opened_at":"[^"]+"/g, '"opened_at":"2026-11-24T18:00:00.000Z"')
    .replaceAll(/"active_at":"[^"]+"/g, '"active_at":"2026-11-24T18:00:05.000Z"')
    .replaceAll(/"bytes_down":\d+/g, '"bytes_down":1860')
    .replaceAll(/"bytes_up":\d+/g, '"bytes_up":12');
  return JSON.parse(text);
}

let demo: RunningProgram;
let viewer: WebSocket;
beforeAll(async () => {
  demo = await runServerProgram(['demo', '--listen', ADDRESS], 'Stop with Ctrl-C');
  const api = new ApiClient(`http://${ADDRESS}`, 'demo-member');
  viewer = new WebSocket(await api.consoleUrl(SERIAL, 'serial', 'serial'), ['binary']);
  await once(viewer, 'open');
});
afterAll(async () => {
  viewer?.terminate();
  await demo?.stop();
});

it('answers as docs/api.md shows; UPDATE_DOCS=1 writes the answers into it', async () => {
  const document = await readFile(FILE, 'utf8');
  let written = document;
  for (const [sample, request = '', shown = ''] of document.matchAll(SAMPLE)) {
    const answer = await send(request);
    written = written.replace(sample, () =>
      sample.replace(`\`\`\`json\n${shown}`, () => `\`\`\`json\n${answer}`),
    );
    if (process.env['UPDATE_DOCS'] !== '1') expect(JSON.parse(shown)).toEqual(JSON.parse(answer));
  }
  if (process.env['UPDATE_DOCS'] === '1') await writeFile(FILE, written);
});

it('gives the picture that the curl line in docs/api.md asks for', async () => {
  const [, line = ''] = /```sh\n(curl[\s\S]*?)```/.exec(await readFile(FILE, 'utf8')) ?? [];
  const folder = await mkdtemp(join(tmpdir(), 'api-samples-'));
  try {
    await promisify(execFile)('sh', ['-c', line.replaceAll('127.0.0.1:8774', ADDRESS)], { cwd: folder });
    const picture = await readFile(join(folder, 'screen.png'));
    expect(picture.toString('latin1', 1, 4)).toBe('PNG');
    expect([picture.readUInt32BE(16), picture.readUInt32BE(20)]).toEqual([1024, 768]);
  } finally {
    await rm(folder, { recursive: true });
  }
});

it('ends the session that the curl line in docs/api.md names', async () => {
  const [line = ''] = /curl -s -f -X DELETE[\s\S]*?(?=```)/.exec(await readFile(FILE, 'utf8')) ?? [];
  const headers = { 'X-Auth-Token': 'demo-member' };
  const { sessions } = (await (await fetch(`http://${ADDRESS}/console/sessions`, { headers })).json()) as {
    sessions: readonly { readonly id: string }[];
  };
  const closed = once(viewer, 'close');
  const command = line.replaceAll('127.0.0.1:8774', ADDRESS).replace(SESSION, sessions[0]?.id ?? 'none');
  await promisify(execFile)('sh', ['-c', command]);
  const [code, reason] = await closed;
  expect([code, String(reason)]).toEqual([4004, 'the session was terminated']);
});
