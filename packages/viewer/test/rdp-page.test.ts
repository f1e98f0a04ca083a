import { join } from 'node:path';
import { encodeRdCleanPathAnswer } from '@remote-consoles/rdp-tunnel';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { hasChromium, keepPicture, launchChromium } from '../../../scripts/fixtures/chromium.js';
import { hasFreeRdp, hasXrdp, RdpDesktop } from '../../../scripts/fixtures/rdp-desktop.js';
import { accessibilityViolations, openWatchedPage, type WatchedPage } from './browser.js';
import { refusal, TestGateway } from './gateway.js';
import { RdpTunnel, refuseInRdCleanPath } from './rdp-tunnel.js';

const TOKEN = '1f5b2c3d-9e7a-4d21-b6c4-7a8e9f001122';
// Of the page, above the screen.
const BAR_HEIGHT = 48;
const ADDRESS = `/rdp.html?token=${TOKEN}&title=win-01`;

const inBrowser = describe.skipIf(!hasChromium() || !hasFreeRdp());
let browser: Browser;
let gateway: TestGateway;
let watched: WatchedPage | undefined;

beforeAll(async () => {
  browser = await launchChromium();
});
afterAll(() => browser.close());
beforeEach(async () => {
  gateway = await TestGateway.start();
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

async function connected(page: Page): Promise<void> {
  await page.getByText('Connected', { exact: true }).waitFor();
  await expect.poll(() => lit(page)).toBeGreaterThan(1_000);
  await page.waitForFunction(() => document.activeElement?.tagName === 'CANVAS');
}

/** How many points of the machine's screen, right of and below a point of it, are not black. */
const lit = (page: Page, from = { left: 0, top: 0 }): Promise<number> =>
  page.locator('canvas').evaluate((canvas: HTMLCanvasElement, { left, top }) => {
    const [width, height] = [canvas.width - left, canvas.height - top];
    const { data } = canvas.getContext('2d')?.getImageData(left, top, width, height) ?? { data: [] };
    let count = 0;
    for (let at = 0; at < data.length; at += 4) if ((data[at] ?? 0) > 64) count += 1;
    return count;
  }, from);

/** Waits until the screen does not change any more. */
async function settled(page: Page): Promise<void> {
  let [before, now] = [-1, await lit(page)];
  while (before !== now) {
    await page.waitForTimeout(700);
    [before, now] = [now, await lit(page)];
  }
}

async function typeLine(page: Page, line: string): Promise<void> {
  await page.keyboard.type(line, { delay: 5 });
  await page.keyboard.press('Enter');
}

async function typeText(page: Page, text: string): Promise<void> {
  await page.getByRole('button', { name: 'Type text' }).click();
  await page.getByLabel('Text to type into the machine').fill(text);
  await page.getByRole('button', { name: 'Type', exact: true }).click();
  await page.getByText('All of it is typed.').waitFor();
  await page.keyboard.press('Escape');
}

inBrowser('the RDP page, with FreeRDP’s desktop behind it', () => {
  let desktop: RdpDesktop;
  let tunnel: RdpTunnel;
  beforeAll(() => {
    desktop = RdpDesktop.start(13_493, 93, 'tls');
  });
  afterAll(() => desktop.stop());
  beforeEach(() => {
    tunnel = new RdpTunnel(desktop, 'tls');
    gateway.answer = { kind: 'accept', serve: tunnel.serve };
  });

  async function openConnected(options?: Parameters<typeof openWatchedPage>[1]): Promise<WatchedPage> {
    const opened = await open(options);
    await connected(opened.page);
    return opened;
  }

  // The next test finds a shell.
  async function stopRecorder(page: Page, name: string): Promise<void> {
    await page.keyboard.press('Control+c');
    await expect.poll(() => desktop.file(`${name}-over`)).toBe('');
  }

  it('shows the desktop and types into it, without a complaint from the browser', async () => {
    const { page, complaints } = await openConnected();
    const typed = join(desktop.folder, 'typed');
    const before = await lit(page);
    await typeLine(page, `touch ${typed}; ls -la /`);
    await expect.poll(() => desktop.file('typed')).toBe('');
    // Black letters on a white terminal.
    await expect.poll(() => lit(page)).toBeLessThan(before - 100);
    expect(await page.title()).toContain('win-01');
    expect(complaints).toEqual([]);
  });

  it('types text on the keyboard the machine has', async () => {
    const { page } = await openConnected();
    const text = 'PassWord!@#$%^&*()_+|~{}[]:;"<>?';
    await typeText(page, `printf %s '${text}' > ${join(desktop.folder, 'text')}\n`);
    await expect.poll(() => desktop.file('text')).toBe(text);
  });

  it('opens its socket at the gateway, with the token that it shows to nobody', async () => {
    const said: string[] = [];
    watched = await openWatchedPage(browser);
    const { page } = watched;
    page.on('console', (message) => said.push(message.text()));
    await page.goto(gateway.page(`${ADDRESS}&host=evil.example&port=1`));
    await connected(page);
    expect(gateway.socketRequests).toEqual([`/?token=${TOKEN}`]);
    expect(tunnel.requests).toMatchObject([{ destination: 'console:3389', proxyAuth: TOKEN }]);
    expect(page.url()).not.toContain(TOKEN);
    expect(await page.content()).not.toContain(TOKEN);
    expect(said.join('\n')).not.toContain(TOKEN);
  });

  it('sends the pointer where the screen is, also when it is scaled, its buttons and its wheel', async () => {
    const { page } = await openConnected({ viewport: { width: 1600, height: 1100 } });
    await typeLine(page, desktop.recorder('pointer'));
    await expect.poll(() => desktop.file('pointer')).toBe('');
    const canvas = page.locator('canvas');
    const box = await canvas.boundingBox();
    if (box === null) throw new Error('no screen');
    expect(box.width).toBeGreaterThan(1024 * 1.2);
    // The terminal fills most of the screen: a quarter right of its middle is column 63 or so of 84.
    await page.mouse.click(box.x + box.width * 0.75, box.y + box.height * 0.25, { button: 'right' });
    await expect.poll(() => desktop.file('pointer')).toMatch(/<2;\d+;\d+m$/);
    const [, column, row] = /<2;(\d+);(\d+)M/.exec(desktop.file('pointer') ?? '') ?? [];
    // The fixture's terminal starts at 40,40 and its characters are 11 by 23 pixels.
    expect(Math.abs(Number(column) - (1024 * 0.75 - 41) / 11)).toBeLessThan(1.5);
    expect(Math.abs(Number(row) - (768 * 0.25 - 41) / 23)).toBeLessThan(1.5);
    await page.mouse.wheel(0, -60);
    await page.mouse.wheel(0, 60);
    await expect.poll(() => desktop.file('pointer')).toMatch(/<64;\d+;\d+M.*<65;\d+;\d+M/);
    await stopRecorder(page, 'pointer');
  });

  it('sends Ctrl-Alt-Del, function keys and held modifiers', async () => {
    const { page } = await openConnected();
    await typeLine(page, desktop.recorder('keys'));
    await expect.poll(() => desktop.file('keys')).toBe('');
    await page.getByRole('button', { name: 'Ctrl Alt Del' }).click();
    await expect.poll(() => desktop.file('keys')).toBe('\x1b[3;7~');
    await page.getByRole('button', { name: 'Keys' }).click();
    await page.getByRole('button', { name: 'Shift', exact: true }).click();
    await page.getByRole('button', { name: 'F5', exact: true }).click();
    await expect.poll(() => desktop.file('keys')).toBe('\x1b[3;7~\x1b[15;2~');
    await page.getByRole('button', { name: 'Shift', exact: true }).click();
    await page.keyboard.press('Escape');
    await page.locator('canvas').focus();
    await stopRecorder(page, 'keys');
  });

  it('leaves no key down when the keyboard leaves the console', async () => {
    const { page } = await openConnected();
    await typeLine(page, desktop.recorder('held'));
    await expect.poll(() => desktop.file('held')).toBe('');
    await page.keyboard.down('Control');
    await page.getByRole('button', { name: 'Keys' }).click();
    await page.keyboard.press('Escape');
    await page.locator('canvas').focus();
    await page.keyboard.press('a');
    await expect.poll(() => desktop.file('held')).toBe('a');
    await page.keyboard.up('Control');
    await stopRecorder(page, 'held');
  });

  it('gives the keyboard back to the page on Ctrl, Alt and Shift', async () => {
    const { page } = await openConnected();
    for (const key of ['Control', 'Alt', 'Shift']) await page.keyboard.down(key);
    for (const key of ['Shift', 'Alt', 'Control']) await page.keyboard.up(key);
    await expect.poll(() => page.evaluate(() => document.activeElement?.textContent)).toBe('Ctrl Alt Del');
  });

  it('fits the screen to the window, shows it one to one, and says when the machine keeps its size', async () => {
    const { page } = await openConnected({ viewport: { width: 1600, height: 1100 } });
    const width = () => page.locator('canvas').evaluate((canvas) => canvas.getBoundingClientRect().width);
    await expect.poll(width).toBeGreaterThan(1200);
    await page.getByRole('button', { name: 'View' }).click();
    await page.getByLabel('Actual size').check();
    await expect.poll(width).toBe(1024);
    await page.getByLabel('Resize the machine').check();
    await page.getByText('The machine keeps its own screen size.').waitFor();
  });

  it('sends no text to a machine that has no clipboard, and says so', async () => {
    const { page, complaints } = await openConnected();
    await page.getByRole('button', { name: 'Clipboard' }).click();
    await page.getByLabel('To the machine’s clipboard').fill('to the machine');
    await page.getByRole('button', { name: 'Send' }).click();
    await page.getByText('This machine has no clipboard to send to').waitFor();
    await page.keyboard.press('Escape');
    await page.locator('canvas').focus();
    await typeLine(page, `touch ${join(desktop.folder, 'alive')}`);
    await expect.poll(() => desktop.file('alive')).toBe('');
    expect(complaints).toEqual([]);
  });

  it('ends with the gateway’s reason, and connects again', async () => {
    const { page, complaints } = await openConnected();
    gateway.closeSockets(4006, 'idle');
    await page.getByRole('heading', { name: 'The console was closed because nobody used it.' }).waitFor();
    expect(await page.locator('canvas').count()).toBe(0);
    await page.getByRole('button', { name: 'Connect again' }).click();
    await connected(page);
    expect(complaints).toEqual([]);
  });

  it('disconnects on request', async () => {
    const { page, complaints } = await openConnected();
    await page.getByRole('button', { name: 'Disconnect' }).click();
    await page.getByRole('heading', { name: 'You closed the console.' }).waitFor();
    await expect.poll(() => gateway.openSockets).toBe(0);
    expect(complaints).toEqual([]);
  });

  it('explains a library that crashed, and starts afresh when asked to', async () => {
    const { page } = await openConnected();
    await page.evaluate(() => {
      const error = new WebAssembly.RuntimeError('unreachable');
      window.dispatchEvent(new ErrorEvent('error', { error, cancelable: true }));
    });
    await page
      .getByRole('heading', { name: 'The machine sent something that this page does not understand.' })
      .waitFor();
    await page.getByText('unreachable', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Connect again' }).click();
    await connected(page);
    expect(page.url()).not.toContain(TOKEN);
  });

  describe.each(['light', 'dark'] as const)('in %s', (colorScheme) => {
    it.each([
      ['wide', { width: 1280, height: 800 }],
      ['narrow', { width: 390, height: 800 }],
    ])('is accessible, %s', async (name, viewport) => {
      const { page } = await openConnected({ viewport, colorScheme });
      expect(await accessibilityViolations(page)).toEqual([]);
      await keepPicture(page, `rdp-connected-${name}-${colorScheme}`);
      gateway.closeSockets(4001, 'shut down');
      await page.getByRole('heading', { name: 'The machine stopped running.' }).waitFor();
      expect(await accessibilityViolations(page)).toEqual([]);
      await keepPicture(page, `rdp-ended-${name}-${colorScheme}`);
    });
  });
});

inBrowser('the RDP page, with a login in the gateway', () => {
  it('shows a desktop that wants CredSSP, and knows nothing of the account', async () => {
    const desktop = RdpDesktop.start(13_494, 94, 'nla');
    try {
      gateway.answer = { kind: 'accept', serve: new RdpTunnel(desktop, 'nla').serve };
      const { page, complaints } = await open();
      await connected(page);
      await typeLine(page, `touch ${join(desktop.folder, 'typed')}`);
      await expect.poll(() => desktop.file('typed')).toBe('');
      expect(complaints).toEqual([]);

      const account = { ...desktop.account, password: 'not-that-one' };
      gateway.answer = { kind: 'accept', serve: new RdpTunnel({ ...desktop, account }, 'nla').serve };
      await page.reload();
      await page
        .getByRole('heading', { name: 'The host of this machine refused the gateway’s login.' })
        .waitFor();
    } finally {
      desktop.stop();
    }
  });

  it('says that the machine ended the session when its server goes', async () => {
    const desktop = RdpDesktop.start(13_494, 94, 'tls');
    try {
      gateway.answer = { kind: 'accept', serve: new RdpTunnel(desktop, 'tls').serve };
      const { page, complaints } = await open();
      await connected(page);
      desktop.stop();
      await page
        .getByRole('heading', { name: /The machine (ended the session|closed its console)\./ })
        .waitFor();
      await page.getByRole('button', { name: 'Connect again' }).click();
      await page.getByRole('heading', { name: 'The host of this machine refused the connection.' }).waitFor();
      expect(complaints).toEqual([]);
    } finally {
      desktop.stop();
    }
  });
});

describe.skipIf(!hasChromium() || !hasXrdp())('the RDP page, with xrdp behind it', () => {
  const untilThere = (desktop: RdpDesktop, name: string, type: () => Promise<void>) =>
    expect.poll(() => type().then(() => desktop.file(name)), { timeout: 20_000, interval: 500 }).toBe('');

  async function logIn(page: Page, desktop: RdpDesktop, name = 'logged-in'): Promise<void> {
    await connected(page);
    await settled(page);
    await page.keyboard.type('me', { delay: 50 });
    await page.keyboard.press('Tab');
    await typeLine(page, 'mine');
    await untilThere(desktop, name, () => typeLine(page, `touch ${join(desktop.folder, name)}`));
  }

  async function resizeTheMachine(page: Page): Promise<void> {
    await page.getByRole('button', { name: 'View' }).click();
    await page.getByLabel('Resize the machine').check();
    await page.keyboard.press('Escape');
  }

  /** The machine's screen and what it takes of the page. */
  const shownSize = (page: Page): Promise<string[]> =>
    page.locator('canvas').evaluate((canvas: HTMLCanvasElement) => {
      const { width, height } = canvas.getBoundingClientRect();
      return [`${canvas.width}x${canvas.height}`, `${width}x${height}`];
    });

  // Debian 12's xrdp 0.9.21: one that draws while it reactivates, and says so without the fields that belong there.
  it('gives the desktop the size of the window, each time that changes', async () => {
    const desktop = RdpDesktop.start(13_495, 95, 'xrdp');
    try {
      gateway.answer = { kind: 'accept', serve: new RdpTunnel(desktop, 'tls').serve };
      const { page, complaints } = await open({ viewport: { width: 1280, height: 860 } });
      await logIn(page, desktop);
      await resizeTheMachine(page);
      const lower = () => lit(page, { left: 1_300, top: 840 });
      for (const [width, height] of [
        [1500, 960],
        [900, 640],
        [1600, 1000],
      ] as const) {
        await page.setViewportSize({ width, height });
        const size = `${width}x${height - BAR_HEIGHT}`;
        await expect.poll(() => desktop.screenSize(), { timeout: 10_000 }).toBe(size);
        await expect.poll(() => shownSize(page), { timeout: 10_000 }).toEqual([size, size]);
        await expect.poll(() => lit(page)).toBeGreaterThan(1_000);
        await page.locator('canvas').focus();
        const file = `typed-at-${width}`;
        await typeLine(page, `touch ${join(desktop.folder, file)}`);
        await expect.poll(() => desktop.file(file)).toBe('');
      }
      // A window in the corner that the desktop did not have before.
      expect(await lower()).toBe(0);
      await typeLine(page, 'xterm -geometry 20x4-0-0 -e sleep 30 &');
      await expect.poll(lower, { timeout: 10_000 }).toBeGreaterThan(1_000);
      await keepPicture(page, 'rdp-resized');
      expect(await page.getByText('The machine keeps its own screen size.').count()).toBe(0);
      expect(complaints).toEqual([]);
    } finally {
      desktop.stop();
    }
  });

  it('gives a desktop that is connected again the size of a window smaller than it starts with', async () => {
    const desktop = RdpDesktop.start(13_495, 95, 'xrdp');
    try {
      gateway.answer = { kind: 'accept', serve: new RdpTunnel(desktop, 'tls').serve };
      const { page, complaints } = await open({ viewport: { width: 1280, height: 860 } });
      await logIn(page, desktop);
      await resizeTheMachine(page);
      gateway.closeSockets(4006, 'idle');
      await page.getByRole('button', { name: 'Connect again' }).waitFor();
      await page.setViewportSize({ width: 900, height: 640 });
      await page.getByRole('button', { name: 'Connect again' }).click();
      await connected(page);
      const size = `900x${640 - BAR_HEIGHT}`;
      await expect.poll(() => shownSize(page), { timeout: 10_000 }).toEqual([size, size]);
      await logIn(page, desktop, 'logged-in-again');
      await expect.poll(() => desktop.screenSize(), { timeout: 10_000 }).toBe(size);
      expect(await page.getByText('The machine keeps its own screen size.').count()).toBe(0);
      expect(complaints).toEqual([]);
    } finally {
      desktop.stop();
    }
  });

  it('shares text with the machine’s clipboard, both ways and only when asked', async () => {
    const desktop = RdpDesktop.start(13_495, 95, 'xrdp');
    try {
      gateway.answer = { kind: 'accept', serve: new RdpTunnel(desktop, 'tls').serve };
      const { page, complaints } = await open();
      const run = (name: string, type: () => Promise<void>) => untilThere(desktop, name, type);
      await logIn(page, desktop);

      await page.getByRole('button', { name: 'Clipboard' }).click();
      await page.getByLabel('To the machine’s clipboard').fill(`touch ${join(desktop.folder, 'pasted')}`);
      await page.getByRole('button', { name: 'Send' }).click();
      await page.getByText('Sent to the machine’s clipboard.').waitFor();
      await page.keyboard.press('Escape');
      await page.locator('canvas').focus();
      await run('pasted', async () => {
        await page.keyboard.press('Shift+Insert');
        await page.waitForTimeout(300);
        await page.keyboard.press('Enter');
      });

      await typeLine(page, 'clear; echo copied-by-the-machine');
      await settled(page);
      const box = await page.locator('canvas').boundingBox();
      if (box === null) throw new Error('no screen');
      // The terminal's first row, in which three clicks select the line.
      const [x, y] = [box.x + (box.width * 60) / 1024, box.y + (box.height * 50) / 768];
      await page.mouse.click(x, y, { clickCount: 3, delay: 50 });
      await page.getByText('The machine copied something: see Clipboard.').waitFor();
      await page.getByRole('button', { name: 'Clipboard' }).click();
      await expect
        .poll(() => page.getByLabel('Copied in the machine').inputValue())
        .toContain('copied-by-the-machine');
      await keepPicture(page, 'rdp-clipboard');
      expect(complaints).toEqual([]);
    } finally {
      desktop.stop();
    }
  });
});

describe.skipIf(!hasChromium())('the RDP page without a console', () => {
  it.each([
    [{ httpStatus: 401 }, 'This console URL has expired or is not valid.'],
    [{ httpStatus: 403 }, 'You may not open this console from here.'],
    [{ httpStatus: 404 }, 'The machine does not exist any more.'],
    [{ httpStatus: 409 }, 'The machine is not running.'],
    [{ httpStatus: 410 }, 'This console URL has expired.'],
    [{ httpStatus: 502 }, 'The host of this machine refused the gateway’s login.'],
    [{ wsaError: 10_060 }, 'The host of this machine does not answer.'],
    [{ wsaError: 10_061 }, 'The host of this machine refused the connection.'],
    [{ tlsAlert: 42 }, 'The host of this machine may not be the one it should be.'],
    [{}, 'The machine refused the console.'],
  ])('explains %j in RDCleanPath', async (answer, title) => {
    gateway.answer = { kind: 'accept', serve: refuseInRdCleanPath(answer) };
    const { page, complaints } = await open();
    await page.getByRole('heading', { name: title, exact: true }).waitFor();
    expect(await page.locator('canvas').count()).toBe(0);
    expect(complaints).toEqual([]);
  });

  it('explains a refused socket as the other pages do', async () => {
    gateway.answer = refusal(401, 'token-spent', 'used');
    const { page, complaints } = await open();
    await page
      .getByRole('heading', { name: 'This console URL was for one use and has been used.' })
      .waitFor();
    expect(complaints).toEqual([]);
  });

  it('explains a machine that speaks no RDP', async () => {
    const answer = encodeRdCleanPathAnswer({
      kind: 'connected',
      x224ConnectionConfirm: Buffer.from('HTTP/1.1 400 no such'),
      serverCertificateChain: [],
      serverAddress: 'x',
    });
    gateway.answer = { kind: 'accept', serve: (socket) => socket.once('message', () => socket.send(answer)) };
    const { page, complaints } = await open();
    await page
      .getByRole('heading', { name: 'The machine sent something that this page does not understand.' })
      .waitFor();
    await page.getByText(/unsupported version/).waitFor();
    await expect.poll(() => gateway.openSockets).toBe(0);
    expect(complaints).toEqual([]);
  });

  it('loads no RDP client in the other pages', async () => {
    const { page } = await open();
    const loaded = () => gateway.requests.filter(({ url }) => url.includes('iron-rdp')).length;
    await page.getByRole('heading').first().waitFor();
    await expect.poll(loaded).toBe(2);
    await page.goto(gateway.page('/vnc_lite.html'));
    await page.getByRole('heading', { name: 'This address opens no console.' }).waitFor();
    expect(loaded()).toBe(2);
  });
});
