import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { hasChromium, keepPicture, launchChromium } from '../../../scripts/fixtures/chromium.js';
import { accessibilityViolations, openWatchedPage, type WatchedPage } from './browser.js';
import { refusal, TestGateway } from './gateway.js';
import { RfbScreen } from './rfb-screen.js';

const TOKEN = '4c0a6c1b-8d1e-4b8f-9f57-5f3f0f6d2a44';
const ADDRESS = `/mks.html?token=${TOKEN}`;

const inBrowser = describe.skipIf(!hasChromium());
let browser: Browser;
let gateway: TestGateway;
let screen: RfbScreen | undefined;
let subprotocol: string | undefined;
let watched: WatchedPage | undefined;

beforeAll(async () => {
  browser = await launchChromium();
});
afterAll(() => browser.close());
beforeEach(async () => {
  gateway = await TestGateway.start();
  gateway.answer = {
    kind: 'accept',
    serve: (socket) => {
      subprotocol = socket.protocol;
      screen = new RfbScreen(socket, { name: 'esx-guest' });
    },
  };
});
afterEach(async () => {
  await watched?.context.close();
  await gateway.stop();
});

async function open(options?: Parameters<typeof openWatchedPage>[1]): Promise<WatchedPage> {
  watched = await openWatchedPage(browser, options);
  await watched.page.goto(gateway.page(ADDRESS));
  return watched;
}

inBrowser('the MKS page', () => {
  it('asks for the subprotocol that VMware’s hosts speak, and shows and types RFB over it', async () => {
    const { page, complaints } = await open();
    await page.getByText('esx-guest', { exact: true }).waitFor();
    expect(gateway.socketRequests).toEqual([`/?token=${TOKEN}`]);
    expect(subprotocol).toBe('binary');
    await page.keyboard.type('ls -l');
    await expect.poll(() => screen?.typed).toBe('ls -l');
    expect(await page.title()).toBe('esx-guest – MKS console');
    expect(page.url()).not.toContain(TOKEN);
    expect(complaints).toEqual([]);
  });

  it('explains a machine that is switched off', async () => {
    gateway.answer = refusal(409, 'server-state-invalid', 'the server is off');
    const { page, complaints } = await open();
    await page.getByRole('heading', { name: 'The machine is not running.' }).waitFor();
    expect(complaints).toEqual([]);
  });

  it.each(['light', 'dark'] as const)('is accessible in %s', async (colorScheme) => {
    const { page } = await open({ viewport: { width: 1280, height: 800 }, colorScheme });
    await page.getByText('Connected', { exact: true }).waitFor();
    expect(await accessibilityViolations(page)).toEqual([]);
    await keepPicture(page, `mks-connected-${colorScheme}`);
  });
});
