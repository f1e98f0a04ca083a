import { readFile, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, it, vi } from 'vitest';
import { SERVERS, startCloud } from '../../http-api/test/fixtures/fixture-cloud.js';

// Beside the built package, so that the example finds it by its name.
const EXAMPLE = fileURLToPath(new URL('../dist/readme-example.mjs', import.meta.url));

afterAll(() => rm(EXAMPLE, { force: true }));

it('the example works as it stands, but for the address', async () => {
  const consoles = ['novnc'] as const;
  const cloud = await startCloud({ servers: [{ ...SERVERS.everything, name: 'demo-vnc', consoles }] });
  const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8');
  const [, code = ''] = /^```js\n([\s\S]*?)^```$/m.exec(readme) ?? [];
  await writeFile(EXAMPLE, code.replace('http://127.0.0.1:8774', cloud.url).replace('demo-member', 'member'));
  const log = vi.spyOn(console, 'log').mockImplementation(() => undefined);
  await import(EXAMPLE);
  const printed = log.mock.calls;
  log.mockRestore();
  await cloud.close();
  expect(printed).toEqual([
    [expect.stringMatching(/\?path=%3Ftoken%3D/)],
    ['bad-request', 400, 'Unavailable console type spice.'],
  ]);
});
