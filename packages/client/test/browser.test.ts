import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasChromium, launchChromium } from '../../../scripts/fixtures/chromium.js';
import { type FixtureCloud, SERVERS, startCloud } from '../../http-api/test/fixtures/fixture-cloud.js';

const DIST = fileURLToPath(new URL('../dist/', import.meta.url));

/** What the page does: as text, because the test runner would rewrite its import. */
const SCRIPT = `(async () => {
  const { RemoteConsolesClient } = await import('/client/index.js');
  const client = new RemoteConsolesClient({ endpoint: location.origin + '/v2.1', token: 'member' });
  const console = await client.createConsole('${SERVERS.everything.id}', 'novnc');
  const servers = await client.listServers({ name: 'less' });
  const { code, message, status } = await client
    .createConsole('${SERVERS.headless.id}', 'novnc')
    .catch((error) => error);
  const nowhere = new RemoteConsolesClient({ endpoint: 'http://127.0.0.1:9/v2.1', token: 'member' });
  const unreachable = await nowhere.showVersions().catch((error) => error.code);
  return { console, servers, error: { code, message, status }, unreachable };
})()`;

describe.runIf(hasChromium())('in a browser', () => {
  let cloud: FixtureCloud;
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchChromium();
    cloud = await startCloud({
      before: async (request, response, next) => {
        const module = /^\/client\/([\w-]+\.js)$/.exec(request.path)?.[1];
        if (request.path === '/page') response.type('html').send('<!doctype html><title>page</title>');
        else if (module) response.type('js').send(await readFile(DIST + module));
        else next();
      },
    });
  });
  afterAll(async () => {
    await browser?.close();
    await cloud?.close();
  });

  it('creates a console, and fails as it does in Node', async () => {
    const page = await browser.newPage();
    await page.goto(`${cloud.url}/page`);
    const answer = await page.evaluate(SCRIPT);
    expect(answer).toEqual({
      console: { protocol: 'vnc', type: 'novnc', url: expect.stringContaining('token%3D') },
      servers: [expect.objectContaining({ name: 'headless' })],
      error: { code: 'bad-request', message: 'Unavailable console type vnc.', status: 400 },
      unreachable: 'unreachable',
    });
  });
});
