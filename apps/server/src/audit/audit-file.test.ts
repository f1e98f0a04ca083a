import { mkdtemp, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { AuditFile } from './audit-file.js';
import { AuditTrail } from './audit-trail.js';

let folder = '';
let log: string[] = [];
const note = (_fields: object, message: string) => void log.push(message);
const logger = { debug: note, info: note, warn: note, error: note };

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'audit-'));
  log = [];
});
afterEach(() => rm(folder, { recursive: true }));

const open = (name = 'audit.log') => AuditFile.open(join(folder, name), logger);
const issue = (trail: AuditTrail, requestId: string) =>
  trail.record({ action: 'console.issue', outcome: 'success', at: Date.now(), requestId });
const idsIn = async (name: string) => {
  const lines = (await readFile(join(folder, name), 'utf8')).trimEnd().split('\n');
  return lines.map((line) => JSON.parse(line).attachments[0].content.request_id);
};

it('appends one JSON object a line, for its owner alone to read', async () => {
  for (const round of [1, 2]) {
    const trail = new AuditTrail(await open());
    issue(trail, `req-${round}a`);
    issue(trail, `req-${round}b`);
    await trail.close();
  }
  expect(await idsIn('audit.log')).toEqual(['req-1a', 'req-1b', 'req-2a', 'req-2b']);
  expect((await stat(join(folder, 'audit.log'))).mode & 0o777).toBe(0o600);
});

it('goes on in a new file when the old one was moved away, and loses nothing', async () => {
  const trail = new AuditTrail(await open());
  for (let count = 0; count < 500; count++) issue(trail, `old-${count}`);
  await rename(join(folder, 'audit.log'), join(folder, 'audit.log.1'));
  trail.reopen();
  for (let count = 0; count < 500; count++) issue(trail, `new-${count}`);
  await trail.close();
  const ids = [...(await idsIn('audit.log.1').catch(() => [])), ...(await idsIn('audit.log'))];
  expect(ids).toHaveLength(1000);
  expect(new Set(ids).size).toBe(1000);
  expect(await idsIn('audit.log')).toContain('new-499');
});

it('says what is wrong with a file that it cannot open', async () => {
  await writeFile(join(folder, 'file'), '');
  await expect(open('file/audit.log')).rejects.toMatchObject({ code: 'ENOTDIR' });
});

it('says once that the disk is full, holds a bounded number of records, and counts those it lost', async () => {
  const file = await AuditFile.open('/dev/full', logger);
  const trail = new AuditTrail(file);
  for (let count = 0; count < 50_000; count++) {
    issue(trail, 'x'.repeat(200));
    if (count % 1000 === 0) await new Promise(setImmediate);
  }
  expect(log).toEqual(['audit records cannot be written; they wait, then are lost']);
  expect(trail.lost).toBeGreaterThan(10_000);
  await trail.close();
});
