import { execFile, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { createAdapter } from './adapter-under-test.js';
import { DATABASE, Lab, WEB } from './lab.js';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
/** Debian's, whose modules another Python would not find. */
const python = '/usr/bin/python3';

const install = spawnSync(here('../../../scripts/fixtures/debian-packages.sh'), ['python3-winrm'], {
  encoding: 'utf8',
});
if (install.status !== 0 && process.env['CI'] === 'true') throw new Error(install.stderr);
if (install.status !== 0) console.warn(`\n*** SKIPPED: pywinrm cannot be asked. ${install.stderr} ***\n`);
const started = install.status === 0 ? await Lab.start() : undefined;
const lab = started as Lab;

beforeEach(() => started?.reset());
afterAll(() => started?.stop());

async function pywinrm(door: 'ntlm' | 'basic', user: string, password: string) {
  const url = `https://127.0.0.1:${lab.apache.report.ports[door]}/wsman`;
  const parameters = [here('foreign_client.py'), url, `${lab.directory}/server.pem`, door, user, password];
  const { stdout } = await promisify(execFile)(python, parameters);
  return JSON.parse(stdout) as { readonly outcome: string; readonly text?: string };
}

describe.skipIf(!started)('pywinrm and the adapter', () => {
  it.each([
    ['ntlm', 'LAB\\hvadmin', WEB],
    ['basic', 'hvadmin', DATABASE],
  ] as const)(
    'are let in by %s as the same user, and not with another password',
    async (door, user, guid) => {
      const { password } = lab.apache.report;
      const shell = await pywinrm(door, user, password);
      expect(shell).toMatchObject({
        outcome: 'faulted',
        text: expect.stringContaining('ActionNotSupported'),
      });
      const settings = { configDirectory: lab.directory };
      const { port } = await createAdapter(lab.options([lab.host(door)]), settings);
      expect(await port.findServer(guid)).toBeDefined();
      await port.close();
      const { messages } = lab.service(door);
      expect(messages.map(({ action }) => action)).toEqual(['Create', 'Enumerate']);
      expect(new Set(messages.map((message) => message.user))).toEqual(new Set([user]));
      expect(await pywinrm(door, user, 'Wr0ng-pw')).toEqual({ outcome: 'refused' });
      expect(messages).toHaveLength(2);
    },
  );
});
