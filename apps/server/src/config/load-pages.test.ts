import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, it } from 'vitest';
import { loadPages } from './load-pages.js';
import { parseConfig } from './read-config.js';

const folder = mkdtempSync(join(tmpdir(), 'pages-'));
const file = join(folder, 'consoles.yaml');
const HYPERVISORS = 'hypervisors: [{ name: hv, module: m }]\n';
const DOUBLE = fileURLToPath(new URL('../../../../packages/viewer/test/wmks-double', import.meta.url));
afterAll(() => rmSync(folder, { recursive: true }));

it('finds VMware’s client beside the configuration', async () => {
  cpSync(DOUBLE, join(folder, 'wmks'), { recursive: true });
  const pages = await loadPages(parseConfig(`${HYPERVISORS}viewer: { wmks: wmks }\n`, file));
  expect(pages.get('/wmks/wmks.min.js')?.file).toBe(join(folder, 'wmks/wmks.min.js'));
});

it('says on which line a directory is named that has no client in it', async () => {
  const config = parseConfig(`${HYPERVISORS}viewer:\n  wmks: .\n`, file);
  await expect(loadPages(config)).rejects.toThrow(/line 3, viewer\.wmks: there is no jquery\.min\.js/);
});

it('needs no client', async () => {
  const pages = await loadPages(parseConfig(HYPERVISORS, file));
  expect([...pages.keys()].filter((path) => path.startsWith('/wmks'))).toEqual([]);
  expect(pages.has('/mks.html')).toBe(true);
});
