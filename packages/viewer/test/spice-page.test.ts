import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { hasChromium, keepPicture, launchChromium } from '../../../scripts/fixtures/chromium.js';
import { accessibilityViolations, openWatchedPage, type WatchedPage } from './browser.js';
import { refusal, TestGateway } from './gateway.js';
import { QemuGuest } from './qemu-guest.js';

const TOKEN = '1f5b2c3d-9e7a-4d21-b6c4-7a8e9f001122';
const ADDRESS = `/spice_auto.html?token=${TOKEN}`;
const KEY_DOWN = 101;
const KEY_UP = 102;
const MOUSE_MOTION = 111;
const MOUSE_POSITION = 112;
const MOUSE_PRESS = 113;
const MOUSE_RELEASE = 114;

const inBrowser = describe.skipIf(!hasChromium());
let browser: Browser;
let guest: QemuGuest;
let gateway: TestGateway;
let opened: WatchedPage[] = [];

beforeAll(async () => {
  browser = await launchChromium();
  guest = await QemuGuest.start();
});
afterAll(async () => {
  await browser.close();
  await guest.stop();
});
afterEach(async () => {
  await Promise.all(opened.map(({ context }) => context.close()));
  await gateway.stop();
});

async function open(options?: Parameters<typeof openWatchedPage>[1]): Promise<WatchedPage> {
  const watched = await openWatchedPage(browser, options);
  opened = [watched];
  await watched.page.goto(gateway.page(`${ADDRESS}&title=web-01`));
  return watched;
}

async function openConnected(options?: Parameters<typeof openWatchedPage>[1]): Promise<WatchedPage> {
  gateway = await TestGateway.start();
  gateway.answer = { kind: 'accept', serve: guest.serveSpice };
  guest.typed = '';
  guest.inputs.length = 0;
  const watched = await open(options);
  await watched.page.getByText('Connected', { exact: true }).waitFor();
  await expect.poll(() => lit(watched.page)).toBeGreaterThan(0);
  // The keyboard's channel may be the last to open.
  await watched.page.waitForFunction(() => document.activeElement?.tagName === 'CANVAS');
  await watched.page.waitForTimeout(300);
  return watched;
}

/** How many points of the machine's screen are not black. */
const lit = (page: Page): Promise<number> =>
  page.locator('canvas').evaluate((canvas: HTMLCanvasElement) => {
    const { data } = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height) ?? { data: [] };
    let count = 0;
    for (let at = 0; at < data.length; at += 4) if ((data[at] ?? 0) > 64) count += 1;
    return count;
  });
const inputs = (type: number) =>
  guest.inputs.filter((message) => message.type === type).map(({ body }) => body);

inBrowser('the SPICE page', () => {
  it('shows a QEMU guest’s screen and types into it', async () => {
    const { page, complaints } = await openConnected();
    const before = await lit(page);
    await page.keyboard.type("ls -l '/tmp/x'");
    await page.keyboard.press('Shift+A');
    await expect.poll(() => guest.typed).toBe("ls -l '/tmp/x'A");
    await expect.poll(() => lit(page)).toBeGreaterThan(before + 100);
    expect(await page.title()).toContain('web-01');
    expect(complaints).toEqual([]);
  });

  it('opens all its sockets at the gateway, with the token that it shows to nobody', async () => {
    const said: string[] = [];
    gateway = await TestGateway.start();
    gateway.answer = { kind: 'accept', serve: guest.serveSpice };
    const watched = await openWatchedPage(browser);
    opened = [watched];
    watched.page.on('console', (message) => said.push(message.text()));
    await watched.page.goto(gateway.page(`${ADDRESS}&host=evil.example&port=1`));
    await watched.page.getByText('Connected', { exact: true }).waitFor();
    await expect.poll(() => gateway.socketRequests.length).toBeGreaterThanOrEqual(4);
    expect(new Set(gateway.socketRequests)).toEqual(new Set([`/?token=${TOKEN}`]));
    expect(watched.page.url()).not.toContain(TOKEN);
    expect(await watched.page.content()).not.toContain(TOKEN);
    expect(said.join('\n')).not.toContain(TOKEN);
  });

  it('types text on the keyboard the machine has', async () => {
    const { page } = await openConnected();
    await page.getByRole('button', { name: 'Type text' }).click();
    await page.getByLabel('Text to type into the machine').fill('PassWord!@#$%^&*()_+|~`\\{}[]:;');
    await page.getByRole('button', { name: 'Type', exact: true }).click();
    await page.getByText('All of it is typed.').waitFor();
    await expect.poll(() => guest.typed).toBe('PassWord!@#$%^&*()_+|~`\\{}[]:;');
  });

  it('sends function keys and held modifiers', async () => {
    const { page } = await openConnected();
    await page.getByRole('button', { name: 'Keys' }).click();
    await page.getByRole('button', { name: 'Ctrl Alt F2' }).click();
    await expect
      .poll(() =>
        guest.inputs
          .filter(({ type }) => type === KEY_DOWN || type === KEY_UP)
          .map(({ body }) => body.readUInt32LE()),
      )
      .toEqual([0x1d, 0x38, 0x3c, 0xbc, 0xb8, 0x9d]);
  });

  it('sends the pointer where the screen is, also when it is scaled', async () => {
    await guest.usePointer('tablet');
    const { page } = await openConnected({ viewport: { width: 1280, height: 800 } });
    const canvas = page.locator('canvas');
    const [width, height] = await canvas.evaluate((element: HTMLCanvasElement) => [
      element.width,
      element.height,
    ]);
    const box = await canvas.boundingBox();
    if (box === null || width === undefined || height === undefined) throw new Error('no screen');
    expect(box.width).toBeGreaterThan(width * 1.2);
    await page.mouse.click(box.x + box.width * 0.75, box.y + box.height * 0.25, { button: 'right' });
    await expect.poll(() => inputs(MOUSE_RELEASE).length).toBe(1);
    const place = inputs(MOUSE_POSITION).at(-1);
    expect(Math.abs((place?.readUInt32LE(0) ?? 0) - width * 0.75)).toBeLessThan(3);
    expect(Math.abs((place?.readUInt32LE(4) ?? 0) - height * 0.25)).toBeLessThan(3);
    expect(inputs(MOUSE_PRESS).at(-1)?.[0]).toBe(3);
  });

  it('sends how far the pointer moved to a machine that has a mouse only', async () => {
    await guest.usePointer('mouse');
    const { page } = await openConnected();
    await page.mouse.move(400, 300);
    await page.mouse.down();
    await page.mouse.move(430, 310);
    await page.mouse.up();
    await expect.poll(() => inputs(MOUSE_RELEASE).length).toBe(1);
    const moved = inputs(MOUSE_MOTION)
      .slice(-2)
      .map((body) => [body.readInt32LE(0), body.readInt32LE(4)]);
    expect(moved).toContainEqual([30, 10]);
    expect(inputs(MOUSE_POSITION)).toEqual([]);
  });

  it('leaves no key down when the keyboard leaves the console', async () => {
    const { page } = await openConnected();
    await page.keyboard.down('Control');
    await page.keyboard.down('a');
    await page.getByRole('button', { name: 'Keys' }).click();
    await expect
      .poll(() =>
        inputs(KEY_UP)
          .map((body) => body.readUInt32LE())
          .sort(),
      )
      .toEqual([0x9d, 0x9e]);
    await page.keyboard.up('a');
    await page.keyboard.up('Control');
  });

  it('gives the keyboard back to the page on Ctrl, Alt and Shift', async () => {
    const { page } = await openConnected();
    for (const key of ['Control', 'Alt', 'Shift']) await page.keyboard.down(key);
    for (const key of ['Shift', 'Alt', 'Control']) await page.keyboard.up(key);
    await expect.poll(() => page.evaluate(() => document.activeElement?.textContent)).toBe('Ctrl Alt Del');
  });

  it('ends all of it when one channel ends, with the gateway’s reason, and connects again', async () => {
    const { page, complaints } = await openConnected();
    gateway.closeSockets(4006, 'idle');
    await page.getByRole('heading', { name: 'The console was closed because nobody used it.' }).waitFor();
    expect(await page.locator('canvas').count()).toBe(0);
    await page.getByRole('button', { name: 'Connect again' }).click();
    await page.getByText('Connected', { exact: true }).waitFor();
    await expect.poll(() => lit(page)).toBeGreaterThan(0);
    expect(complaints).toEqual([]);
  });

  it('disconnects on request and closes every socket', async () => {
    const { page, complaints } = await openConnected();
    await page.getByRole('button', { name: 'Disconnect' }).click();
    await page.getByRole('heading', { name: 'You closed the console.' }).waitFor();
    await expect.poll(() => gateway.openSockets).toBe(0);
    expect(complaints).toEqual([]);
  });

  it('explains a refusal as the other pages do', async () => {
    gateway = await TestGateway.start();
    gateway.answer = refusal(401, 'token-spent', 'used');
    const { page } = await open();
    await page
      .getByRole('heading', { name: 'This console URL was for one use and has been used.' })
      .waitFor();
  });

  it('explains a machine that speaks no SPICE', async () => {
    gateway = await TestGateway.start();
    gateway.answer = { kind: 'accept', serve: (socket) => socket.send(Buffer.alloc(64, 'x')) };
    const { page } = await open();
    await page.getByRole('heading', { name: 'The machine refused the console.' }).waitFor();
  });
});

inBrowser.each(['light', 'dark'] as const)('in %s', (colorScheme) => {
  it.each([
    ['wide', { width: 1280, height: 800 }],
    ['narrow', { width: 390, height: 800 }],
  ])('is accessible, %s', async (name, viewport) => {
    const { page, complaints } = await openConnected({ viewport, colorScheme });
    expect(await accessibilityViolations(page)).toEqual([]);
    await keepPicture(page, `spice-connected-${name}-${colorScheme}`);
    gateway.closeSockets(4001, 'the server was stopped');
    await page.getByRole('heading', { name: 'The machine stopped running.' }).waitFor();
    expect(await accessibilityViolations(page)).toEqual([]);
    await keepPicture(page, `spice-ended-${name}-${colorScheme}`);
    expect(complaints).toEqual([]);
  });
});
