import { readFile } from 'node:fs/promises';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { WebSocket } from 'ws';
import { hasChromium, keepPicture, launchChromium } from '../../../scripts/fixtures/chromium.js';
import { accessibilityViolations, openWatchedPage, type WatchedPage } from './browser.js';
import { refusal, TestGateway } from './gateway.js';

const TOKEN = '6a1c7f0e-2b1d-4f3c-8a57-0d9b7c1e2f33';
const ADDRESS = `/serial.html?token=${TOKEN}`;
const BOOT_LOG = [
  '[    0.000000] Linux version 6.12.0 (build@example) #1 SMP PREEMPT_DYNAMIC',
  '[    0.412303] \x1b[32mOK\x1b[0m Serial: 8250/16550 driver, 4 ports, IRQ sharing enabled',
  '[    1.900211] \x1b[1;33mwarning\x1b[0m: no swap area',
  '',
  'web-01 login: ',
].join('\r\n');

const inBrowser = describe.skipIf(!hasChromium());
let browser: Browser;
let gateway: TestGateway;
let lines: SerialLine[];
let opened: WatchedPage[];

/** The machine's end of the line: echoes what is typed, as a terminal driver does. */
class SerialLine {
  received = Buffer.alloc(0);
  readonly frames: boolean[] = [];
  readonly #socket: WebSocket;

  constructor(socket: WebSocket, greeting = BOOT_LOG) {
    this.#socket = socket;
    this.send(greeting);
    socket.on('message', (data: Buffer, isBinary) => {
      this.frames.push(isBinary);
      this.received = Buffer.concat([this.received, data]);
      this.send(data.toString('latin1').replaceAll('\r', '\r\n'), 'latin1');
    });
  }

  get text(): string {
    return this.received.toString('utf8');
  }

  send(text: string, encoding: BufferEncoding = 'utf8'): void {
    this.#socket.send(Buffer.from(text, encoding));
  }
}

beforeAll(async () => {
  browser = await launchChromium();
});
afterAll(() => browser.close());
afterEach(async () => {
  await Promise.all(opened.map(({ context }) => context.close()));
  await gateway.stop();
});

async function openConnected(
  options?: Parameters<typeof openWatchedPage>[1],
  address = ADDRESS,
): Promise<WatchedPage> {
  opened = [];
  lines = [];
  gateway = await TestGateway.start();
  gateway.answer = { kind: 'accept', serve: (socket) => lines.push(new SerialLine(socket)) };
  const watched = await openWatchedPage(browser, options);
  opened.push(watched);
  await watched.page.goto(gateway.page(address));
  await watched.page.getByText('Connected', { exact: true }).waitFor();
  await shown(watched.page, 'web-01 login:');
  return watched;
}

const screen = async (page: Page) => (await page.locator('.xterm-rows > div').allTextContents()).join('\n');
const shown = (page: Page, text: string) => expect.poll(() => screen(page)).toContain(text);
const line = () => lines.at(-1) ?? expect.fail('no line is open');

inBrowser('the serial page', () => {
  it('shows what the machine says and sends what is typed, as bytes', async () => {
    const { page, complaints } = await openConnected();
    await page.keyboard.type('root');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Control+c');
    await page.keyboard.press('Backspace');
    await page.keyboard.type('é');
    await expect.poll(() => line().text).toBe('root\r\x03\x7fé');
    expect(line().frames.every((binary) => binary)).toBe(true);
    await shown(page, 'login: root');
    expect(gateway.socketRequests).toEqual([`/?token=${TOKEN}`]);
    expect(page.url()).not.toContain(TOKEN);
    expect(complaints).toEqual([]);
  });

  it('puts together characters that arrive in pieces', async () => {
    const { page } = await openConnected();
    for (const byte of Buffer.from('é€😀.')) line().send(String.fromCharCode(byte), 'latin1');
    await shown(page, 'é€😀.');
  });

  it('lets the machine do nothing in the browser', async () => {
    const { page, complaints, context } = await openConnected();
    line().send(
      '\x1b]0;owned\x07\x1b]52;c;b3duZWQ=\x07\x1b]8;;https://evil.example\x07click\x1b]8;;\x07 <img src=x>\r\n',
    );
    await shown(page, '<img src=x>');
    expect(await page.title()).not.toContain('owned');
    await page.getByText('click').first().click({ force: true });
    expect(context.pages()).toHaveLength(1);
    expect(await page.locator('img').count()).toBe(0);
    expect(complaints).toEqual([]);
  });

  it('sends control characters that the browser keeps for itself', async () => {
    const { page } = await openConnected();
    await page.getByRole('button', { name: 'Keys' }).click();
    await page.getByRole('button', { name: 'Ctrl W' }).click();
    await expect.poll(() => line().received).toEqual(Buffer.from([0x17]));
  });

  it('pastes text', async () => {
    const { page } = await openConnected();
    await page.getByRole('button', { name: 'Copy and paste' }).click();
    await page.getByLabel('Text to send to the machine').fill('echo a\necho b\n');
    await page.getByRole('button', { name: 'Send' }).click();
    await expect.poll(() => line().text).toBe('echo a\recho b\r');
  });

  it('copies what is selected', async () => {
    const { page, context } = await openConnected();
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    await page
      .locator('.xterm-rows')
      .getByText('login')
      .dblclick({ force: true, position: { x: 20, y: 5 } });
    await page.getByRole('button', { name: 'Copy and paste' }).click();
    await page.getByRole('button', { name: 'Copy the selection' }).click();
    await page.getByText('Copied.').waitFor();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe('web-01');
  });

  it('finds text in the scrollback', async () => {
    const { page } = await openConnected();
    line().send(`needle\r\n${'hay\r\n'.repeat(500)}needle\r\n`);
    await page.getByRole('button', { name: 'Search' }).click();
    await page.keyboard.type('needle');
    await page.getByText('2 of 2').waitFor();
    await page.getByRole('button', { name: 'Previous' }).click();
    await page.getByText('1 of 2').waitFor();
    await shown(page, 'needle');
    await page.getByLabel('Find in the output').fill('no such thing');
    await page.getByText('Not found.').waitFor();
  });

  it('downloads all that was said, also after the end', async () => {
    const { page } = await openConnected({}, `${ADDRESS}&title=web%2F01`);
    const long = 'x'.repeat(400);
    line().send(`\r\n${long}\r\n${'row\r\n'.repeat(300)}end\r\n`);
    await shown(page, 'end');
    gateway.closeSockets(4001, 'the server was stopped');
    await page.getByRole('heading', { name: 'The machine stopped running.' }).waitFor();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Download' }).click(),
    ]);
    expect(download.suggestedFilename()).toMatch(/^web-01.*\.log$/);
    const log = await readFile(await download.path(), 'utf8');
    expect(log).toContain('Linux version 6.12.0');
    expect(log.split('\n')).toContain(long);
    expect(log.split('\n').filter((row) => row === 'row')).toHaveLength(300);
  });

  it('tells the shell its size when asked', async () => {
    const { page } = await openConnected();
    await page.getByRole('button', { name: 'View' }).click();
    await page.getByRole('button', { name: 'Tell the shell' }).click();
    await expect.poll(() => line().text).toMatch(/^ stty rows \d+ cols \d+\r$/);
    await page.getByRole('button', { name: 'View' }).click();
    await page.getByLabel('80 by 24').check();
    await page.getByRole('button', { name: 'Tell the shell' }).click();
    await expect.poll(() => line().text).toMatch(/ stty rows 24 cols 80\r$/);
  });

  it('survives a flood', async () => {
    const { page, complaints } = await openConnected();
    for (let round = 0; round < 60; round++) line().send('0123456789abcde\r\n'.repeat(64 * 1024));
    line().send('after the flood\r\n');
    await expect.poll(() => screen(page), { timeout: 50_000 }).toMatch(/after the flood|bytes came faster/);
    await page.keyboard.type('alive');
    await expect.poll(() => line().text).toBe('alive');
    expect(complaints).toEqual([]);
  });

  it('comes back after a restart of the gateway with what was said before', async () => {
    const { page } = await openConnected();
    line().send('before');
    await shown(page, 'before');
    gateway.closeSockets(1001, '');
    await page.getByText(/Trying again/).waitFor();
    await expect.poll(() => lines.length, { timeout: 10_000 }).toBe(2);
    await shown(page, 'connected again');
    await shown(page, 'before');
  });

  it('explains a refusal as the other pages do', async () => {
    opened = [];
    gateway = await TestGateway.start();
    gateway.answer = refusal(409, 'server-state-invalid', 'stopped');
    const watched = await openWatchedPage(browser);
    opened.push(watched);
    await watched.page.goto(gateway.page(ADDRESS));
    await watched.page.getByRole('heading', { name: 'The machine is not running.' }).waitFor();
  });

  it('gives the keyboard back to the page on Ctrl, Alt and Shift', async () => {
    const { page } = await openConnected();
    for (const key of ['Control', 'Alt', 'Shift']) await page.keyboard.down(key);
    for (const key of ['Shift', 'Alt', 'Control']) await page.keyboard.up(key);
    await expect.poll(() => page.evaluate(() => document.activeElement?.textContent)).toBe('Keys');
  });
});

inBrowser.each(['light', 'dark'] as const)('in %s', (colorScheme) => {
  it.each([
    ['wide', { width: 1280, height: 800 }],
    ['narrow', { width: 390, height: 800 }],
  ])('is accessible, %s', async (name, viewport) => {
    const { page, complaints } = await openConnected({ viewport, colorScheme }, `${ADDRESS}&title=web-01`);
    expect(await accessibilityViolations(page)).toEqual([]);
    await keepPicture(page, `serial-connected-${name}-${colorScheme}`);
    for (const tool of ['Keys', 'Copy and paste', 'Search', 'View']) {
      if (name === 'narrow') await page.getByRole('button', { name: 'Menu' }).click();
      await page.getByRole('button', { name: tool }).click();
      await page.getByRole('dialog', { name: tool }).waitFor();
      if (tool === 'Search') await page.getByLabel('Find in the output').fill('serial');
      expect(await accessibilityViolations(page)).toEqual([]);
      await keepPicture(page, `serial-${tool.toLowerCase().replaceAll(' ', '-')}-${name}-${colorScheme}`);
      await page.keyboard.press('Escape');
      await page.getByRole('dialog', { name: tool }).waitFor({ state: 'hidden' });
    }
    gateway.closeSockets(4010, 'the console was closed');
    await page.getByRole('heading', { name: 'The machine closed its console.' }).waitFor();
    expect(await accessibilityViolations(page)).toEqual([]);
    await keepPicture(page, `serial-ended-${name}-${colorScheme}`);
    expect(complaints).toEqual([]);
  });
});
