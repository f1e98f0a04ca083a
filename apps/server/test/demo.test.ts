import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import WebSocket from 'ws';
import { hasChromium, keepPicture, launchChromium } from '../../../scripts/fixtures/chromium.js';
import { ApiClient } from './api-client.js';
import { canvasColours, canvasDigest, waitForConsole } from './console-page.js';
import { type RunningProgram, runServerProgram } from './run-server.js';

const ADDRESS = '127.0.0.1:18775';
const BASE = `http://${ADDRESS}`;
const PROJECT = 'd3300000000000000000000000000001';
const member = new ApiClient(BASE, 'demo-member');

let program: RunningProgram;
beforeAll(async () => {
  program = await runServerProgram(['demo', '--listen', ADDRESS], 'Stop with Ctrl-C');
});
afterAll(async () => {
  expect((await program.stop()).code).toBe(0);
});

const messageOf = async (response: Response) => {
  const [fault] = Object.values((await response.json()) as Record<string, { message: string }>);
  return fault?.message;
};

describe('the demo', () => {
  it('prints an address, a curl line that works when pasted, and a console URL', async () => {
    const banner = program.output();
    expect(banner).toContain(`${BASE}/v2.1`);
    const [, url = '', body = ''] = /curl -s -X POST (\S+)[\s\S]*?-d '(.*)'/.exec(banner) ?? [];
    const headers = Object.fromEntries(
      [...banner.matchAll(/-H '([^:]+): ([^']+)'/g)].slice(0, 3).map(([, name, value]) => [name, value]),
    );
    const response = await fetch(url, { method: 'POST', headers, body });
    expect(response.status).toBe(200);
    const consoleUrl = /console\s+(http\S+)/.exec(banner)?.[1] ?? '';
    expect((await fetch(consoleUrl)).status).toBe(200);
  });

  it.each([
    ['demo-vnc', 'vnc', 'novnc', 200],
    ['demo-vnc', 'vnc', 'xvpvnc', 200],
    ['demo-spice', 'spice', 'spice-html5', 200],
    ['demo-serial', 'serial', 'serial', 200],
    ['demo-rdp', 'rdp', 'rdp-html5', 200],
    ['demo-mks', 'mks', 'webmks', 200],
    ['demo-everything', 'vnc', 'novnc', 200],
    ['demo-everything', 'mks', 'webmks', 200],
    ['demo-headless', 'spice', 'spice-html5', 400],
    ['demo-limited', 'mks', 'webmks', 501],
    ['demo-building', 'vnc', 'novnc', 409],
    ['demo-stopped', 'vnc', 'novnc', 409],
    ['demo-migrating', 'vnc', 'novnc', 409],
    ['demo-deleting', 'vnc', 'novnc', 409],
  ])('%s answers %s/%s with %i', async (name, protocol, type, status) => {
    const response = await member.askForConsole(await member.serverId(name), protocol, type);
    expect(response.status).toBe(status);
  });

  it('knows five users and what they may', async () => {
    const foreign = await new ApiClient(BASE, 'demo-other').serverId('demo-foreign');
    const own = await member.serverId('demo-vnc');
    const ask = (token: string, id: string) => new ApiClient(BASE, token).askForConsole(id, 'vnc', 'novnc');
    expect((await ask('demo-admin', foreign)).status).toBe(200);
    expect((await ask('demo-other', foreign)).status).toBe(200);
    expect((await ask('demo-member', foreign)).status).toBe(404);
    expect((await ask('demo-other', own)).status).toBe(404);
    expect((await ask('demo-reader', own)).status).toBe(403);
    expect((await ask('demo-norole', own)).status).toBe(403);
    expect((await ask('nobody', own)).status).toBe(401);
  });

  it('answers under the project in the path too', async () => {
    expect((await member.get(`/v2.1/${PROJECT}/servers`)).status).toBe(200);
    const other = await member.get('/v2.1/d3300000000000000000000000000002/servers');
    expect(other.status).toBe(400);
    expect(await messageOf(other)).toMatch(/^Malformed request URL: URL's project_id/);
  });

  it('has a shell behind the serial console', async () => {
    const url = await member.consoleUrl(await member.serverId('demo-serial'), 'serial', 'serial');
    const socket = new WebSocket(url, ['binary']);
    let text = '';
    socket.on('message', (data: Buffer) => {
      text += data.toString();
    });
    await new Promise((resolve, reject) => socket.on('open', resolve).on('error', reject));
    socket.send(Buffer.from('echo it is a $((6*7))-ish shell; uname\r'));
    await expect.poll(() => text, { timeout: 10_000 }).toMatch(/-ish shell[\s\S]*-ish shell/);
    socket.close();
  });

  it('refuses an unknown token before the upgrade, with an empty body', async () => {
    const socket = new WebSocket(`ws://${ADDRESS}/?token=00000000-0000-4000-8000-000000000000`, ['binary']);
    const [status, body] = await new Promise<[number | undefined, string]>((resolve, reject) => {
      socket.on('error', reject);
      socket.on('unexpected-response', (_request, response) => {
        let text = '';
        response.on('data', (data: Buffer) => {
          text += data.toString();
        });
        response.on('end', () => resolve([response.statusCode, text]));
      });
    });
    expect(status).toBe(401);
    expect(body).toBe('');
  });
});

describe.skipIf(!hasChromium())('the demo in a browser', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(() => browser?.close());

  it('shows the machine, and what is typed and clicked', async () => {
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    await page.goto(await member.consoleUrl(await member.serverId('demo-vnc'), 'vnc', 'novnc'));
    await waitForConsole(page);
    await expect.poll(() => canvasColours(page)).toBeGreaterThan(3);
    expect(await page.title()).toContain('demo-vnc');
    expect(page.url()).not.toMatch(/token/);
    const before = await canvasDigest(page);
    await page.mouse.click(500, 400);
    await page.keyboard.type('hello from a browser', { delay: 20 });
    await expect.poll(() => canvasDigest(page)).not.toBe(before);
    await keepPicture(page, 'demo-vnc');
    await page.close();
  });

  it('explains a console URL that has expired or is wrong', async () => {
    const page = await browser.newPage();
    await page.goto(`${BASE}/vnc_lite.html?path=%3Ftoken%3D00000000-0000-4000-8000-000000000000`);
    await page.getByText('Ask for a new console URL.').waitFor();
    await keepPicture(page, 'demo-bad-token');
    await page.close();
  });
});
