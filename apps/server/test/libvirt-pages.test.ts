import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasChromium, keepPicture, launchChromium } from '../../../scripts/fixtures/chromium.js';
import { startLibvirtFixture } from '../../../scripts/fixtures/libvirt-fixture.js';
import { ApiClient } from './api-client.js';
import { canvasColours, canvasDigest, waitForConsole } from './console-page.js';
import { type RunningProgram, runServerProgram } from './run-server.js';

const TOKEN = 'operator-token-of-this-test';
const LOCAL = '127.0.0.1:18786';
const REMOTE = '127.0.0.1:18787';

const fixture = await startLibvirtFixture({ name: 'pages', portBase: 17_800, only: ['serial', 'spice'] });

describe.skipIf(!fixture || !hasChromium())('the pages for what a QEMU guest has besides VNC', () => {
  if (!fixture) return;
  let folder = '';
  let servers: RunningProgram[] = [];
  let browser: Browser;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'libvirt-pages-'));
    const [host] = fixture.hosts;
    const start = async (listen: string, uri: string | undefined) => {
      const options = { hosts: [{ name: 'kvm', uri }], defaultProject: 'p' };
      const config = {
        listen,
        tokens: { oneTime: true },
        auth: { options: { tokens: [{ token: TOKEN, user: 'operator', project: 'p', roles: ['admin'] }] } },
        hypervisors: [{ name: 'kvm', module: '@remote-consoles/adapter-libvirt', options }],
      };
      const file = join(folder, `${listen.replace(':', '-')}.yaml`);
      await writeFile(file, JSON.stringify(config));
      return runServerProgram(['serve', '--config', file], '"msg":"ready"');
    };
    servers = [await start(LOCAL, host?.uri), await start(REMOTE, host?.tcpUri)];
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser?.close();
    await Promise.all(servers.map((server) => server.stop()));
    await fixture.stop();
    await rm(folder, { recursive: true });
  });

  const urlOf = (address: string, name: string, protocol: string, type: string) =>
    new ApiClient(`http://${address}`, TOKEN).consoleUrl(fixture.domain(name).uuid, protocol, type);

  it('runs a command on the serial console and shows its output', async () => {
    const url = new URL(await urlOf(LOCAL, 'serial', 'serial', 'serial'));
    expect(url.protocol).toBe('ws:');
    const page = await browser.newPage({ viewport: { width: 1000, height: 700 } });
    await page.goto(`http://${LOCAL}/serial.html${url.search}`);
    await page.waitForFunction(() => document.documentElement.dataset['state'] === 'connected');
    await page.locator('.xterm').click();
    await expect
      .poll(
        async () => {
          await page.keyboard.type('echo serial-$((6*7))\n', { delay: 20 });
          await page.waitForTimeout(500);
          return page.locator('.xterm-rows').textContent();
        },
        { timeout: 40_000 },
      )
      .toContain('serial-42');
    await keepPicture(page, 'qemu-serial');
    await page.close();
  });

  it.each([
    ['handed over by a local libvirt', LOCAL],
    ['dialled, with the ticket that the viewer does not know', REMOTE],
  ])('shows a SPICE display, %s, and what is typed', async (_way, address) => {
    const page = await browser.newPage({ viewport: { width: 1000, height: 700 } });
    const sockets: string[] = [];
    page.on('websocket', (socket) => sockets.push(socket.url()));
    const url = await urlOf(address, 'spice', 'spice', 'spice-html5');
    await page.goto(url);
    await waitForConsole(page);
    await expect.poll(() => canvasColours(page), { timeout: 30_000 }).toBeGreaterThan(1);
    await page.waitForTimeout(2000);
    const before = await canvasDigest(page);
    await page.mouse.click(500, 400);
    await page.keyboard.type('echo hello\n', { delay: 40 });
    await expect.poll(() => canvasDigest(page), { timeout: 20_000 }).not.toBe(before);
    await keepPicture(page, `qemu-spice-${address.replace(':', '-')}`);
    expect(sockets.length).toBeGreaterThanOrEqual(4); // one for each channel, all of one session
    const stranger = await browser.newPage();
    await stranger.goto(url);
    await stranger.getByText('This console URL was for one use and has been used.').first().waitFor();
    await stranger.close();
    expect(await page.evaluate(() => document.documentElement.dataset['state'])).toBe('connected');
    await page.close();
  });
});
