import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ApiClient } from './api-client.js';
import { type RunningProgram, runServerProgram } from './run-server.js';

const ADDRESS = '127.0.0.1:18836';
const METRICS = '127.0.0.1:18837';
const SERVER_ID = '5b000000-0000-4000-8000-000000000002';
const UNKNOWN = '6f1d1e6c-0b1a-4c3c-9d5a-000000000000';
const configuration = (audit: string) => `
listen: ${ADDRESS}
metrics: { listen: ${METRICS} }
audit: { destination: file, file: ${audit} }
limits:
  apiRequestsPerAddress: { count: 7, seconds: 3600 }
  apiRequestsPerUser: { count: 3, seconds: 3600 }
  failedTokensPerAddress: { count: 2, seconds: 3600 }
auth:
  options:
    tokens:
      - { token: first-limited-token, user: u-1, project: p-1, roles: [member] }
      - { token: other-limited-token, user: u-2, project: p-1, roles: [member] }
hypervisors:
  - name: kvm-1
    module: "@remote-consoles/adapter-memory"
    options:
      servers: [{ id: ${SERVER_ID}, name: web, project: p-1, host: here, consoles: { vnc: live } }]
`;

let folder = '';
let program: RunningProgram;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rate-limits-'));
  await writeFile(join(folder, 'consoles.yaml'), configuration(join(folder, 'audit.jsonl')));
  program = await runServerProgram(['serve', '--config', join(folder, 'consoles.yaml')], '"ready"');
});
afterAll(async () => {
  await program.stop();
  await rm(folder, { recursive: true });
});

const post = (token: string) =>
  fetch(`http://${ADDRESS}/v2.1/servers/${SERVER_ID}/remote-consoles`, {
    method: 'POST',
    headers: {
      'X-Auth-Token': token,
      'OpenStack-API-Version': 'compute 2.6',
      'Content-Type': 'application/json',
    },
    body: '{"remote_console":{"protocol":"vnc","type":"novnc"}}',
  });

it('tells a user, an address and a guesser to wait, and keeps a record of each', async () => {
  for (let n = 0; n < 3; n++) expect((await post('first-limited-token')).status).toBe(200);
  const user = await post('first-limited-token');
  expect(user.status).toBe(429);
  expect(user.headers.get('ratelimit-policy')).toContain('"user";q=3;w=3600');
  expect(user.headers.get('ratelimit')).toMatch(/"user";r=0;t=3[56]\d\d\b/);
  expect(Number(user.headers.get('retry-after'))).toBeGreaterThan(3500);
  expect(await user.json()).toEqual({
    overLimit: { code: 429, message: expect.stringMatching(/^Too many requests of this user; try again in/) },
  });
  const client = new ApiClient(`http://${ADDRESS}`, 'other-limited-token');
  const { search } = new URL(await client.consoleUrl(SERVER_ID, 'vnc', 'novnc'));
  const token = new URLSearchParams(decodeURIComponent(search).replace(/^\?path=\?/, '')).get('token');
  for (let n = 0; n < 2; n++) expect((await post('nonsense')).status).toBe(401);
  const address = await post('other-limited-token');
  expect(address.status).toBe(429);
  expect(address.headers.get('ratelimit-policy')).toBe('"address";q=7;w=3600');

  for (let n = 0; n < 2; n++) expect((await fetch(`http://${ADDRESS}/?token=${UNKNOWN}`)).status).toBe(401);
  const guesser = await fetch(`http://${ADDRESS}/?token=${token}`);
  expect(guesser.status).toBe(429);
  expect(Number(guesser.headers.get('retry-after'))).toBeGreaterThan(3500);

  const refusals = async () => {
    const lines = (await readFile(join(folder, 'audit.jsonl'), 'utf8')).trim().split('\n');
    return lines.flatMap((line) => {
      const { name, reason, initiator } = JSON.parse(line);
      return name === 'console.refuse' && reason.reasonCode === 'rate-limited' ? [initiator] : [];
    });
  };
  const host = { address: '127.0.0.1' };
  await expect
    .poll(refusals)
    .toEqual([
      expect.objectContaining({ id: 'u-1', project_id: 'p-1', host }),
      expect.objectContaining({ id: 'unknown', host }),
      expect.objectContaining({ id: 'unknown', host }),
    ]);
  expect(await (await fetch(`http://${METRICS}/metrics`)).text()).toContain(
    'remote_consoles_viewers_refused_total{code="rate-limited"} 3\n',
  );
});
