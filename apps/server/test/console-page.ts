import type { Page } from 'playwright-core';

/** Waits until a console page shows its machine. */
export async function waitForConsole(page: Page): Promise<void> {
  await page.waitForFunction(() => document.documentElement.dataset['state'] === 'connected', undefined, {
    timeout: 30_000,
  });
  await page.waitForSelector('canvas');
}

/** What is on the canvas, as a digest that changes when the picture does. */
export function canvasDigest(page: Page): Promise<string> {
  return page.evaluate(async () => {
    const canvas = document.querySelector('canvas');
    if (!canvas) return 'no canvas';
    const context = canvas.getContext('2d');
    if (!context) return 'no picture';
    const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
    let hash = 2166136261;
    for (const byte of data) hash = Math.imul(hash ^ byte, 16777619);
    return `${canvas.width}x${canvas.height}:${hash >>> 0}`;
  });
}

/** How many colours the canvas has: a picture has several, an empty one has one. */
export function canvasColours(page: Page): Promise<number> {
  return page.evaluate(() => {
    const canvas = document.querySelector('canvas');
    const context = canvas?.getContext('2d');
    if (!canvas || !context) return 0;
    const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
    return new Set(new Uint32Array(data.buffer)).size;
  });
}

/** Types as fingers do, holding Shift where a US keyboard needs it: a console is sent keys, not characters. */
export async function typeKeys(page: Page, text: string): Promise<void> {
  for (const character of text) {
    const key = character === '\n' ? 'Enter' : character;
    const shifted = /^[A-Z~!@#$%^&*()_+{}|:"<>?]$/.test(key);
    if (shifted) await page.keyboard.down('Shift');
    await page.keyboard.press(key, { delay: 20 });
    if (shifted) await page.keyboard.up('Shift');
  }
}
