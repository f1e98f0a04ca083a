import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { WebSocket } from 'ws';
import { hasChromium, keepPicture, launchChromium } from '../../../scripts/fixtures/chromium.js';
import { viewerFiles, WmksFilesError } from '../dist/index.js';
import { accessibilityViolations, openWatchedPage, type WatchedPage } from './browser.js';
import { refusal, TestGateway } from './gateway.js';

const TOKEN = '0a6b1e0c-52f6-4d63-9a0e-54b8a2a8f1d7';
const ADDRESS = `/mks.html?token=${TOKEN}`;
const DOUBLE = fileURLToPath(new URL('wmks-double', import.meta.url));

describe('a directory with VMware’s client', () => {
  it('is served file by file, and its page in place of noVNC’s', () => {
    const files = viewerFiles({ wmks: DOUBLE });
    const served = [...files.keys()].filter((path) => path.startsWith('/wmks/'));
    expect(served.sort()).toEqual([
      '/wmks/css/wmks-all.css',
      '/wmks/jquery-ui.min.js',
      '/wmks/jquery.min.js',
      '/wmks/wmks.min.js',
    ]);
    expect(files.get('/wmks/wmks.min.js')?.headers).toMatchObject({ 'Cache-Control': 'no-cache' });
    expect(files.get('/mks.html')?.file).toMatch(/wmks\.html$/);
    expect(viewerFiles().get('/mks.html')?.file).toMatch(/[/\\]mks\.html$/);
  });

  it('may hold other things, which are not served', () => {
    const folder = mkdtempSync(join(tmpdir(), 'wmks-'));
    try {
      for (const name of ['jquery.min.js', 'secret.pem', '.htpasswd', 'a b.js'])
        writeFileSync(join(folder, name), '');
      expect(() => viewerFiles({ wmks: folder })).toThrow(WmksFilesError);
      expect(() => viewerFiles({ wmks: folder })).toThrow(
        'no jquery-ui.min.js, wmks.min.js, css/wmks-all.css',
      );
      cpSync(DOUBLE, folder, { recursive: true });
      const served = [...viewerFiles({ wmks: folder }).keys()].filter((path) => path.startsWith('/wmks/'));
      expect(served).toHaveLength(4);
      expect(() => viewerFiles({ wmks: join(folder, 'none') })).toThrow(WmksFilesError);
      expect(() => viewerFiles({ wmks: join(folder, 'secret.pem') })).toThrow(WmksFilesError);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

const inBrowser = describe.skipIf(!hasChromium());
let browser: Browser;
let gateway: TestGateway;
let watched: WatchedPage | undefined;
let subprotocol = '';
let received: string[] = [];

beforeAll(async () => {
  browser = await launchChromium();
});
afterAll(() => browser.close());
beforeEach(async () => {
  received = [];
  gateway = await TestGateway.start('', { wmks: DOUBLE });
  gateway.answer = { kind: 'accept', serve: (socket) => serve(socket, 'RFB 003.008\n') };
});
afterEach(async () => {
  await watched?.context.close();
  await gateway.stop();
});

function serve(socket: WebSocket, greeting: string): void {
  subprotocol = socket.protocol;
  socket.on('message', (message: Buffer) => received.push(message.toString()));
  socket.send(Buffer.from(greeting));
}

async function open(options?: Parameters<typeof openWatchedPage>[1]): Promise<WatchedPage> {
  watched = await openWatchedPage(browser, options);
  await watched.page.goto(gateway.page(ADDRESS));
  return watched;
}

const callsIn = ({ page }: WatchedPage): Promise<unknown[][]> =>
  page.evaluate(() => (window as unknown as { WMKS: { calls: unknown[][] } }).WMKS.calls);

inBrowser('the MKS page with VMware’s client', () => {
  it('lets it draw and type over the gateway’s socket, of which it does not know the token', async () => {
    const opened = await open();
    const { page, complaints } = opened;
    await page.getByText('Connected', { exact: true }).waitFor();
    expect(gateway.socketRequests).toEqual([`/?token=${TOKEN}`]);
    expect(subprotocol).toBe('binary');
    await page.waitForFunction(() => document.activeElement?.id === 'mainCanvas');
    await page.keyboard.type('ls');
    await expect.poll(() => received).toEqual(['l', 's']);
    expect(await callsIn(opened)).toEqual([
      ['createWMKS', 'wmks', { rescale: true, changeResolution: false }],
      ['connect', 'wss://gateway/'],
    ]);
    // Its own style sheet is in force.
    expect(await page.locator('canvas').evaluate((canvas) => getComputedStyle(canvas).backgroundColor)).toBe(
      'rgb(10, 20, 30)',
    );
    expect(complaints).toEqual([]);
  });

  it('passes on Ctrl-Alt-Del, text to type, and how the screen meets the window', async () => {
    const opened = await open();
    const { page } = opened;
    await page.getByText('Connected', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Ctrl Alt Del' }).click();
    await page.getByRole('button', { name: 'Type text' }).click();
    await page.getByLabel('Text to type into the machine').fill('root\n');
    await page.getByRole('button', { name: 'Type', exact: true }).click();
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'View' }).click();
    await page.getByLabel('Resize the machine').check();
    await page.keyboard.press('Escape');
    await page.setViewportSize({ width: 900, height: 600 });
    await expect
      .poll(async () => (await callsIn(opened)).slice(2))
      .toEqual([
        ['sendCAD'],
        ['sendInputString', 'root\n'],
        ['setOption', 'rescale', true],
        ['setOption', 'changeResolution', true],
        ['updateScreen'],
        ['updateScreen'],
      ]);
  });

  it('has the states of every page: refused, ended with the gateway’s reason, connected again', async () => {
    gateway.answer = refusal(409, 'server-state-invalid', 'the server is off');
    const { page, complaints } = await open();
    await page.getByRole('heading', { name: 'The machine is not running.' }).waitFor();
    gateway.answer = { kind: 'accept', serve: (socket) => serve(socket, 'RFB 003.008\n') };
    await page.getByRole('button', { name: 'Connect again' }).click();
    await page.getByText('Connected', { exact: true }).waitFor();
    gateway.closeSockets(4006, 'idle');
    await page.getByRole('heading', { name: 'The console was closed because nobody used it.' }).waitFor();
    expect(await page.locator('canvas').count()).toBe(0);
    await page.getByRole('button', { name: 'Connect again' }).click();
    await page.getByText('Connected', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Disconnect' }).click();
    await page.getByRole('heading', { name: 'You closed the console.' }).waitFor();
    await expect.poll(() => gateway.openSockets).toBe(0);
    expect(complaints).toEqual([]);
  });

  it('says what the client could not understand', async () => {
    gateway.answer = { kind: 'accept', serve: (socket) => serve(socket, 'nonsense') };
    const { page } = await open();
    await page
      .getByRole('heading', { name: 'The machine sent something that this page does not understand.' })
      .waitFor();
    await page.getByText('WMKS: protocolerror').waitFor();
  });

  it('says that the client did not load, and tries again when asked to', async () => {
    watched = await openWatchedPage(browser);
    const { page } = watched;
    await page.route('**/wmks/jquery-ui.min.js', (route) => route.abort());
    await page.goto(gateway.page(ADDRESS));
    await page.getByRole('heading', { name: 'VMware’s client did not load.' }).waitFor();
    await page.getByText('/wmks/jquery-ui.min.js did not load').waitFor();
    await page.unroute('**/wmks/jquery-ui.min.js');
    await page.getByRole('button', { name: 'Connect again' }).click();
    await page.getByText('Connected', { exact: true }).waitFor();
  });

  it.each(['light', 'dark'] as const)('is accessible in %s', async (colorScheme) => {
    const { page } = await open({ viewport: { width: 1280, height: 800 }, colorScheme });
    await page.getByText('Connected', { exact: true }).waitFor();
    // Its canvas is VMware's to describe.
    expect((await accessibilityViolations(page)).filter((text) => !text.includes('mainCanvas'))).toEqual([]);
    await keepPicture(page, `wmks-connected-${colorScheme}`);
  });
});
