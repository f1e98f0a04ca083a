import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasChromium, keepPicture, launchChromium } from '../../../scripts/fixtures/chromium.js';
import { startLibvirtFixture } from '../../../scripts/fixtures/libvirt-fixture.js';
import { ApiClient } from './api-client.js';
import { canvasColours, typeKeys, waitForConsole } from './console-page.js';
import { type RunningProgram, runServerProgram } from './run-server.js';

const run = promisify(execFile);
const PORT_BASE = 17_300;
const TOKEN = 'operator-token-of-this-test';

const fixture = await startLibvirtFixture({
  name: 'e2e',
  portBase: PORT_BASE,
  only: ['vnc', 'vnc-password', 'vnc-socket', 'vnc-no-listener', 'vnc-tls', 'vnc-tls-password'],
});

/** The same two hosts, reached in two ways. */
const ways = {
  /** libvirt is local and hands over the display's socket. */
  local: { listen: '127.0.0.1:18781', uri: (host: { uri: string }) => host.uri },
  /** libvirt is remote, so displays are dialled where they listen: TLS and passwords are ours to handle. */
  remote: { listen: '127.0.0.1:18782', uri: (host: { tcpUri: string }) => host.tcpUri },
};

async function startServer(way: keyof typeof ways, folder: string): Promise<RunningProgram> {
  const { listen, uri } = ways[way];
  const hosts = fixture?.hosts.map((host) => ({ name: host.name, uri: uri(host) }));
  const config = {
    listen,
    auth: { options: { tokens: [{ token: TOKEN, user: 'operator', project: 'p', roles: ['admin'] }] } },
    hypervisors: [
      {
        name: 'kvm',
        module: '@remote-consoles/adapter-libvirt',
        options: {
          hosts,
          defaultProject: 'p',
          tls: { caFile: fixture?.pki.ca, serverName: fixture?.pki.serverName },
        },
      },
    ],
  };
  const file = join(folder, `${way}.yaml`);
  await writeFile(file, JSON.stringify(config));
  return runServerProgram(['serve', '--config', file], '"msg":"ready"');
}

describe.skipIf(!fixture || !hasChromium())('QEMU guests under libvirt, in a browser', () => {
  if (!fixture) return;
  const operator = (way: keyof typeof ways) => new ApiClient(`http://${ways[way].listen}`, TOKEN);
  const idOf = (name: string) => fixture.domain(name).uuid;

  let folder = '';
  let servers: RunningProgram[] = [];
  let browser: Browser;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'libvirt-e2e-'));
    servers = await Promise.all([startServer('local', folder), startServer('remote', folder)]);
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser?.close();
    await Promise.all(servers.map((server) => server.stop()));
    await fixture.stop();
    await rm(folder, { recursive: true });
  });

  async function openPage(way: keyof typeof ways, name: string): Promise<Page> {
    const page = await browser.newPage({ viewport: { width: 1000, height: 700 } });
    await page.goto(await operator(way).consoleUrl(idOf(name), 'vnc', 'novnc'));
    await waitForConsole(page);
    await expect.poll(() => canvasColours(page), { timeout: 20_000 }).toBeGreaterThan(1);
    return page;
  }

  it('shows the screen, and what is typed reaches the guest', async () => {
    const serial = await readSerial(PORT_BASE + 90);
    const page = await openPage('local', 'vnc');
    await page.mouse.click(500, 400);
    await expect
      .poll(
        async () => {
          await typeKeys(page, 'echo typed-$((6*7)) >/dev/ttyS1\n');
          await page.waitForTimeout(1000);
          return serial.text();
        },
        { timeout: 40_000 },
      )
      .toContain('typed-42');
    await keepPicture(page, 'qemu-typed');
    serial.socket.destroy();
    await page.close();
  });

  it.each([
    ['local', 'vnc-password'],
    ['local', 'vnc-socket'],
    ['local', 'vnc-tls'],
    ['remote', 'vnc'],
    ['remote', 'vnc-password'],
    ['remote', 'vnc-tls'],
    ['remote', 'vnc-tls-password'],
  ] as const)('shows the screen through a %s libvirt: %s', async (way, name) => {
    const page = await openPage(way, name);
    await keepPicture(page, `qemu-${way}-${name}`);
    await page.close();
  });

  it('gives a picture of the screen: a PNG that a browser draws, as large as the screen is', async () => {
    const page = await openPage('local', 'vnc');
    const response = await operator('local').get(`/console/servers/${idOf('vnc')}/screenshot`);
    expect(response.status).toBe(200);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'image/png',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    });
    const png = Buffer.from(await response.arrayBuffer());
    await keepPicture(png, 'qemu-screenshot');
    const { picture, screen } = await page.evaluate(async (base64) => {
      const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
      const picture = await createImageBitmap(new Blob([bytes], { type: 'image/png' }));
      const canvas = new OffscreenCanvas(picture.width, picture.height);
      const context = canvas.getContext('2d');
      context?.drawImage(picture, 0, 0);
      const pixels = context?.getImageData(0, 0, picture.width, picture.height).data.buffer;
      const screen = document.querySelector('canvas');
      return {
        picture: {
          width: picture.width,
          height: picture.height,
          colours: new Set(new Uint32Array(pixels ?? new ArrayBuffer())).size,
        },
        screen: { width: screen?.width, height: screen?.height },
      };
    }, png.toString('base64'));
    expect(picture).toMatchObject(screen);
    expect(picture.colours).toBeGreaterThan(1);
    await page.close();
  });

  it('needs no open port: QEMU listens on nothing while its console is used', async () => {
    const page = await openPage('local', 'vnc-no-listener');
    const pidFile = join(fixture.directory, 'plain/run/libvirt/qemu/run/vnc-no-listener.pid');
    const pid = (await readFile(pidFile, 'utf8')).trim();
    const { stdout } = await run('ss', ['-Hltnp']);
    expect(stdout).toContain('pid=');
    expect(stdout).not.toContain(`pid=${pid},`);
    await page.close();
  });

  it('tells the viewer when the machine stops, and its token is worth nothing afterwards', async () => {
    const url = await operator('local').consoleUrl(idOf('vnc-socket'), 'vnc', 'novnc');
    const page = await openPage('local', 'vnc-socket');
    await fixture.virsh('plain', 'destroy', 'vnc-socket');
    await page
      .getByText(/stopped/i)
      .first()
      .waitFor();
    await keepPicture(page, 'qemu-stopped');
    await page.close();
    const answer = await fetch(
      `http://${ways.local.listen}/?${new URL(url).searchParams.get('path')?.slice(1)}`,
    );
    expect([401, 409]).toContain(answer.status);
    const again = await operator('local').askForConsole(idOf('vnc-socket'), 'vnc', 'novnc');
    expect(again.status).toBe(409);
  });

  it('writes no token and no password into its log', async () => {
    const log = servers.map((server) => server.output()).join('');
    expect(log).toContain('console.issue');
    for (const secret of [TOKEN, fixture.domain('vnc-password').graphics[0]?.password ?? 'none', 'token=']) {
      expect(log).not.toContain(secret);
    }
  });
});

/** What a guest writes to its serial port. */
function readSerial(port: number): Promise<{ socket: Socket; text: () => string }> {
  return new Promise((resolve, reject) => {
    let text = '';
    const socket = connect(port, '127.0.0.1', () => resolve({ socket, text: () => text }));
    socket.setEncoding('utf8').on('error', reject);
    socket.on('data', (data: string) => {
      text += data;
    });
  });
}
