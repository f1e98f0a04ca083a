import { readFile, rm, writeFile } from 'node:fs/promises';
import type { Server } from 'node:http';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, it } from 'vitest';
import type { ApiDependencies } from '../src/api.js';
import { fixtureDependencies } from './fixtures/fixture-cloud.js';

// Beside the built package, so that the example finds it by its name.
const EXAMPLE = fileURLToPath(new URL('../dist/readme-example.mjs', import.meta.url));

afterAll(() => rm(EXAMPLE, { force: true }));

it('the example serves the API beside its own page', async () => {
  const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8');
  const [, code = ''] = /^```js\n([\s\S]*?)^```$/m.exec(readme) ?? [];
  await writeFile(EXAMPLE, code);
  const example: { serve: (deps: ApiDependencies, port: number) => Server } = await import(EXAMPLE);
  const server = example.serve(fixtureDependencies(), 0);
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : address}`;
  expect(await (await fetch(`${url}/about`)).text()).toBe('my own page');
  const response = await fetch(`${url}/v2.1/servers?name=every`, { headers: { 'X-Auth-Token': 'member' } });
  expect(await response.json()).toMatchObject({ servers: [{ name: 'everything' }] });
  server.close();
});
