import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { hasChromium, keepPicture, launchChromium } from '../../../scripts/fixtures/chromium.js';
import { accessibilityViolations, openWatchedPage, type WatchedPage } from './browser.js';
import { refusal, TestGateway } from './gateway.js';
import { QemuGuest } from './qemu-guest.js';
import { RfbScreen, type ScreenOptions } from './rfb-screen.js';

const TOKEN = '0b6d4a52-6f0b-4b0e-9d0c-2f3a8a7c1e11';
const NOVA_ADDRESS = `/vnc_lite.html?path=%3Ftoken%3D${TOKEN}`;

const inBrowser = describe.skipIf(!hasChromium());
let browser: Browser;
let gateway: TestGateway;
let screens: RfbScreen[];
let opened: WatchedPage[];

beforeAll(async () => {
  browser = await launchChromium();
});
afterAll(() => browser.close());
afterEach(async () => {
  await Promise.all(opened.map(({ context }) => context.close()));
  await gateway.stop();
});

async function startGateway(prefix?: string): Promise<void> {
  opened = [];
  screens = [];
  gateway = await TestGateway.start(prefix);
}

function serveScreen(options?: ScreenOptions): void {
  gateway.answer = { kind: 'accept', serve: (socket) => screens.push(new RfbScreen(socket, options)) };
}

async function open(address: string, options?: Parameters<typeof openWatchedPage>[1]): Promise<WatchedPage> {
  const watched = await openWatchedPage(browser, options);
  opened.push(watched);
  await watched.page.goto(gateway.page(address));
  return watched;
}

async function openConnected(address = NOVA_ADDRESS, options?: Parameters<typeof openWatchedPage>[1]) {
  const watched = await open(address, options);
  await watched.page.getByText('Connected', { exact: true }).waitFor();
  return watched;
}

inBrowser('the VNC page', () => {
  it('is the page that Nova’s clients expect', async () => {
    await startGateway();
    for (const path of ['/vnc_lite.html', '/vnc_auto.html']) {
      const response = await fetch(gateway.page(`${path}?path=%3Ftoken%3D${TOKEN}`));
      const text = await response.text();
      expect(response.status).toBe(200);
      for (const part of ['<html', '</html>', '<script', 'noVNC']) expect(text).toContain(part);
    }
  });

  it('shows the machine’s screen and its name, without a complaint from the browser', async () => {
    await startGateway();
    serveScreen({ name: 'web-01' });
    const { page, complaints } = await openConnected();
    await expect.poll(() => colourAt(page, 0.25)).toEqual([20, 60, 160]);
    expect(await colourAt(page, 0.75)).toEqual([230, 120, 20]);
    expect(await page.title()).toContain('web-01');
    await page.getByText('web-01', { exact: true }).waitFor();
    expect(complaints).toEqual([]);
  });

  it('passes keys and the pointer to the machine', async () => {
    await startGateway();
    serveScreen();
    const { page } = await openConnected();
    await page.keyboard.type('ls -l');
    await page.keyboard.press('Enter');
    await expect.poll(() => screens[0]?.typed).toBe('ls -l\n');
    await page.locator('canvas').click();
    await expect.poll(() => screens[0]?.pointers.some(({ buttons }) => buttons === 1)).toBe(true);
    const click = screens[0]?.pointers.find(({ buttons }) => buttons === 1);
    expect(click?.x).toBeGreaterThan(300);
    expect(click?.x).toBeLessThan(340);
  });

  it('takes the token off the address bar and still survives a reload', async () => {
    await startGateway();
    serveScreen();
    const { page } = await openConnected(`${NOVA_ADDRESS}&title=web-01(42)`);
    expect(page.url()).not.toContain(TOKEN);
    await page.reload();
    await page.getByText('Connected', { exact: true }).waitFor();
    expect(page.url()).not.toContain(TOKEN);
    expect(gateway.socketRequests).toEqual([`/?token=${TOKEN}`, `/?token=${TOKEN}`]);
  });

  it('tells nobody the token but the gateway', async () => {
    await startGateway();
    serveScreen();
    const { page } = await openConnected();
    expect(gateway.requests.every(({ referer }) => referer === undefined)).toBe(true);
    expect(await page.evaluate(() => [localStorage.length, sessionStorage.length, document.cookie])).toEqual([
      0,
      0,
      '',
    ]);
    expect(await page.content()).not.toContain(TOKEN);
    // What a person would copy from the address bar opens nothing.
    const copied = await open(new URL(page.url()).pathname);
    await copied.page.getByText('This address opens no console.').waitFor();
  });

  it.each([
    ['its own origin', `/vnc_lite.html?token=${TOKEN}`],
    ['its own origin whatever host and port say', `${NOVA_ADDRESS}&host=evil.example&port=1&encrypt=1`],
    [
      'its own origin whatever path says',
      `/vnc_lite.html?path=${encodeURIComponent(`//evil.example/x?token=${TOKEN}`)}`,
    ],
  ])('opens its socket at %s', async (_, address) => {
    await startGateway();
    serveScreen();
    const { complaints } = await openConnected(address);
    expect(gateway.socketRequests).toEqual([`/?token=${TOKEN}`]);
    expect(complaints).toEqual([]);
  });

  it('works under the prefix of a reverse proxy', async () => {
    await startGateway('/consoles');
    serveScreen();
    await openConnected();
    expect(gateway.socketRequests).toEqual([`/consoles/?token=${TOKEN}`]);
  });

  it('shows a hostile name as text', async () => {
    await startGateway();
    const name = '<img src=x onerror=alert(1)><script>alert(2)</script>';
    serveScreen({ name });
    const { page, complaints } = await openConnected(
      `${NOVA_ADDRESS}&title=${encodeURIComponent('<b>bold</b>')}`,
    );
    await page.getByText(name, { exact: true }).waitFor();
    expect(await page.locator('img, b').count()).toBe(0);
    expect(complaints).toEqual([]);
  });
});

inBrowser('when there is no console', () => {
  it.each([
    [401, 'token-invalid', 'This console URL has expired or is not valid.', 'Ask for a new console URL.'],
    [401, 'token-spent', 'This console URL was for one use and has been used.', 'Ask for a new console URL.'],
    [409, 'server-state-invalid', 'The machine is not running.', 'Start it, then ask for a new console URL.'],
    [
      503,
      'hypervisor-unavailable',
      'The host of this machine does not answer.',
      'Connect again in a moment.',
    ],
    [429, 'rate-limited', 'Too many console URLs that are not valid', 'Wait a minute, then connect again.'],
    [429, 'limit-exceeded', 'Too many consoles are open.', 'Close one that you do not need'],
  ])('explains a %i %s', async (status, code, title, advice) => {
    await startGateway();
    gateway.answer = refusal(status, code, 'said the gateway');
    const { page, complaints } = await open(NOVA_ADDRESS);
    await page.getByRole('heading', { name: title }).waitFor();
    await page.getByText(advice).waitFor();
    await page.getByText('said the gateway', { exact: true }).waitFor();
    await page.getByText(`${status} ${code}`, { exact: true }).waitFor();
    expect(complaints).toEqual([]);
  });

  it('offers to connect again where that can help, and does', async () => {
    await startGateway();
    gateway.answer = refusal(502, 'console-unreachable', '');
    const { page } = await open(NOVA_ADDRESS);
    const again = page.getByRole('button', { name: 'Connect again' });
    await again.waitFor();
    serveScreen();
    await again.click();
    await page.getByText('Connected', { exact: true }).waitFor();
  });

  it.each([
    [4001, 'server stopped', 'The machine stopped running.', false],
    [4004, 'operator', 'An operator ended this console.', false],
    [4006, 'idle', 'The console was closed because nobody used it.', true],
    [4010, 'EOF', 'The machine closed its console.', true],
    [4321, 'something of tomorrow', 'The console was closed.', true],
  ])('explains close code %i', async (code, reason, title, again) => {
    await startGateway();
    serveScreen();
    const { page, complaints } = await openConnected();
    gateway.closeSockets(code, reason);
    await page.getByRole('heading', { name: title }).waitFor();
    await page.getByText(reason, { exact: true }).waitFor();
    await page.getByText(`code ${code}`, { exact: true }).waitFor();
    expect(await page.getByRole('button', { name: 'Connect again' }).count()).toBe(again ? 1 : 0);
    expect(complaints).toEqual([]);
  });

  it('comes back by itself when the gateway restarts, and says so', async () => {
    await startGateway();
    serveScreen();
    const { page } = await openConnected();
    gateway.answer = {
      kind: 'accept',
      serve: (socket) => screens.push(new RfbScreen(socket, { name: 'is back' })),
    };
    gateway.closeSockets(1001, 'restarting');
    await page.getByRole('heading', { name: 'The gateway is restarting.' }).waitFor();
    await page.getByText(/Trying again in \d s \(1 of 6\)/).waitFor();
    await page.getByText('is back', { exact: true }).waitFor();
  });

  it('explains a machine that speaks no RFB', async () => {
    await startGateway();
    gateway.answer = {
      kind: 'accept',
      serve: (socket) => socket.send(Buffer.from('HTTP/1.1 400 no such thing\r\n\r\n')),
    };
    const { page } = await open(NOVA_ADDRESS);
    await page
      .getByRole('heading', { name: 'The machine sent something that this page does not understand.' })
      .waitFor();
  });

  it('gives the machine’s own reason, cut and as text, when it refuses inside RFB', async () => {
    await startGateway();
    const reason = '<i>no more viewers</i>';
    gateway.answer = {
      kind: 'accept',
      serve: (socket) => {
        socket.send(Buffer.from('RFB 003.008\n'));
        socket.once('message', () => {
          const length = Buffer.alloc(4);
          length.writeUInt32BE(reason.length);
          socket.send(Buffer.concat([Buffer.from([0]), length, Buffer.from(reason)]));
        });
      },
    };
    const { page } = await open(NOVA_ADDRESS);
    await page.getByRole('heading', { name: 'The machine refused the console.' }).waitFor();
    await page.getByText(reason, { exact: true }).waitFor();
  });
});

inBrowser('the tools', () => {
  it('sends Ctrl-Alt-Del', async () => {
    await startGateway();
    serveScreen();
    const { page } = await openConnected();
    await page.getByRole('button', { name: 'Ctrl Alt Del' }).click();
    const expected = [0xffe3, 0xffe9, 0xffff].map((keysym) => ({ keysym, down: true }));
    await expect.poll(() => screens[0]?.keys.slice(0, 3)).toEqual(expected);
    await expect.poll(() => screens[0]?.keys.length).toBe(6);
  });

  it('holds a modifier down until told otherwise, and shows that it does', async () => {
    await startGateway();
    serveScreen();
    const { page } = await openConnected();
    await page.getByRole('button', { name: 'Keys' }).click();
    await page.getByRole('button', { name: 'Ctrl', exact: true }).click();
    await page.getByRole('button', { name: 'F2', exact: true }).click();
    await expect
      .poll(() => screens[0]?.keys)
      .toEqual([
        { keysym: 0xffe3, down: true },
        { keysym: 0xffbf, down: true },
        { keysym: 0xffbf, down: false },
      ]);
    expect(await page.getByRole('button', { name: 'Ctrl', exact: true }).getAttribute('aria-pressed')).toBe(
      'true',
    );
    await page.getByRole('button', { name: 'Ctrl', exact: true }).click();
    await expect.poll(() => screens[0]?.keys.at(-1)).toEqual({ keysym: 0xffe3, down: false });
  });

  it('types text key by key, names what it cannot type, and stops when told to', async () => {
    await startGateway();
    serveScreen();
    const { page } = await openConnected();
    await page.getByRole('button', { name: 'Type text' }).click();
    const text = page.getByLabel('Text to type into the machine');
    await text.fill('Echo "é" > /tmp/x\r\n');
    await page.getByText('Not on this keyboard, left out: é').waitFor();
    await page.getByRole('button', { name: 'Type', exact: true }).click();
    await page.getByText('All of it is typed.').waitFor();
    expect(screens[0]?.typed).toBe('Echo "" > /tmp/x\n');

    await text.fill('x'.repeat(500));
    await page.getByRole('button', { name: 'Type', exact: true }).click();
    await page.getByRole('button', { name: 'Stop' }).click();
    await page.getByText('Typing stopped.').waitFor();
    const typed = screens[0]?.typed.length ?? 0;
    expect(typed).toBeLessThan(400);
    await page.waitForTimeout(200);
    expect(screens[0]?.typed.length).toBe(typed);
    const held = new Set(screens[0]?.keys.filter(({ down }) => down).map(({ keysym }) => keysym));
    for (const { keysym, down } of screens[0]?.keys ?? []) if (!down) held.delete(keysym);
    expect([...held]).toEqual([]);
  });

  it('carries the clipboard both ways, only when asked', async () => {
    await startGateway();
    serveScreen();
    const { page } = await openConnected();
    screens[0]?.copy('from the machine');
    await page.getByText('The machine copied something').waitFor();
    await page.getByRole('button', { name: 'Clipboard' }).click();
    expect(await page.getByLabel('Copied in the machine').inputValue()).toBe('from the machine');
    await page.getByLabel('To the machine’s clipboard').fill('to the machine');
    await page.getByRole('button', { name: 'Send' }).click();
    await expect.poll(() => screens[0]?.clipboard).toEqual(['to the machine']);
  });

  it('fits the screen to the window, or shows it one to one', async () => {
    await startGateway();
    serveScreen();
    const { page } = await openConnected(NOVA_ADDRESS, { viewport: { width: 1280, height: 800 } });
    const width = () => page.locator('canvas').evaluate((canvas) => canvas.getBoundingClientRect().width);
    await expect.poll(width).toBeGreaterThan(1100);
    await page.getByRole('button', { name: 'View' }).click();
    await page.getByLabel('Actual size').check();
    await expect.poll(width).toBe(640);
    await page.getByLabel('Resize the machine').check();
    await page.getByText('The machine keeps its own screen size.').waitFor();
  });

  it('gives the keyboard back to the page on Ctrl, Alt and Shift, with no key left down', async () => {
    await startGateway();
    serveScreen();
    const { page } = await openConnected();
    for (const key of ['Control', 'Alt', 'Shift']) await page.keyboard.down(key);
    for (const key of ['Shift', 'Alt', 'Control']) await page.keyboard.up(key);
    await expect.poll(() => page.evaluate(() => document.activeElement?.textContent)).toBe('Ctrl Alt Del');
    const keys = screens[0]?.keys ?? [];
    for (const keysym of [0xffe1, 0xffe3, 0xffe9]) {
      expect(keys.findLast((key) => key.keysym === keysym)).toEqual({ keysym, down: false });
    }
  });

  it('gives the console the whole screen, the keyboard with it, and keeps the bar at hand', async () => {
    await startGateway();
    serveScreen();
    const { page } = await openConnected();
    await page.getByRole('button', { name: 'Full screen' }).click();
    await page.getByText(/Esc to leave full screen/).waitFor();
    await page.mouse.move(400, 400);
    const barBottom = () => page.locator('header').evaluate((bar) => bar.getBoundingClientRect().bottom);
    await expect.poll(barBottom).toBeLessThanOrEqual(0);
    await page.keyboard.type('x');
    await expect.poll(() => screens[0]?.typed).toBe('x');
    await page.mouse.move(640, 2);
    await expect.poll(barBottom).toBeGreaterThan(40);
  });

  it('disconnects on request', async () => {
    await startGateway();
    serveScreen();
    const { page } = await openConnected();
    await page.getByRole('button', { name: 'Disconnect' }).click();
    await page.getByRole('heading', { name: 'You closed the console.' }).waitFor();
    expect(await page.getByRole('button', { name: 'Keys' }).isVisible()).toBe(false);
  });
});

inBrowser('a real QEMU guest', () => {
  it('gets the characters that were typed, by hand and as text, whatever keys they need', async () => {
    const text = 'PassWord!@#$%^&*()_+|~`\\{}[]:;"<>?';
    const guest = await QemuGuest.start();
    try {
      await startGateway();
      gateway.answer = { kind: 'accept', serve: guest.serveVnc };
      const { page, complaints } = await openConnected();
      await page.keyboard.type('ls -l');
      await page.keyboard.press('Shift+A');
      await expect.poll(() => guest.typed).toBe('ls -lA');
      await page.getByRole('button', { name: 'Type text' }).click();
      await page.getByLabel('Text to type into the machine').fill(text);
      await page.getByRole('button', { name: 'Type', exact: true }).click();
      await page.getByText('All of it is typed.').waitFor();
      await expect.poll(() => guest.typed).toBe(`ls -lA${text}`);
      await keepPicture(page, 'vnc-qemu');
      expect(complaints).toEqual([]);
    } finally {
      await guest.stop();
    }
  });
});

inBrowser.each(['light', 'dark'] as const)('in %s', (colorScheme) => {
  it.each([
    ['wide', { width: 1280, height: 800 }],
    ['narrow', { width: 390, height: 800 }],
  ])('is accessible, %s', async (name, viewport) => {
    await startGateway();
    serveScreen({ name: 'web-01' });
    const { page, complaints } = await openConnected(NOVA_ADDRESS, { viewport, colorScheme });
    await expect.poll(() => colourAt(page, 0.25)).toEqual([20, 60, 160]);
    expect(await accessibilityViolations(page)).toEqual([]);
    await keepPicture(page, `vnc-connected-${name}-${colorScheme}`);

    for (const tool of ['Keys', 'Type text', 'Clipboard', 'View']) {
      if (name === 'narrow') await page.getByRole('button', { name: 'Menu' }).click();
      if (name === 'narrow' && tool === 'Keys') await keepPicture(page, `vnc-menu-${colorScheme}`);
      await page.getByRole('button', { name: tool }).click();
      await page.getByRole('dialog', { name: tool }).waitFor();
      expect(await accessibilityViolations(page)).toEqual([]);
      await keepPicture(page, `vnc-${tool.toLowerCase().replace(' ', '-')}-${name}-${colorScheme}`);
      await page.keyboard.press('Escape');
    }

    gateway.answer = refusal(401, 'token-invalid', 'the console token is unknown or has expired');
    await page.reload();
    await page.getByRole('heading', { name: 'This console URL has expired or is not valid.' }).waitFor();
    expect(await accessibilityViolations(page)).toEqual([]);
    await keepPicture(page, `vnc-failed-${name}-${colorScheme}`);
    expect(complaints).toEqual([]);
  });

  it('fits in 360 px without scrolling sideways', async () => {
    await startGateway();
    serveScreen({ name: 'a-machine-with-a-rather-long-name-that-nobody-shortened' });
    const { page } = await openConnected(NOVA_ADDRESS, {
      viewport: { width: 360, height: 640 },
      colorScheme,
    });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
  });
});

/** @returns the colour of the machine's picture, halfway down, at a part of its width */
function colourAt(page: WatchedPage['page'], part: number): Promise<number[]> {
  return page.locator('canvas').evaluate((canvas: HTMLCanvasElement, x) => {
    const context = canvas.getContext('2d');
    const pixel = context?.getImageData(Math.floor(canvas.width * x), Math.floor(canvas.height / 2), 1, 1);
    return [...(pixel?.data.slice(0, 3) ?? [])];
  }, part);
}
