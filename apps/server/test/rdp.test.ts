import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { CONSOLE_PASSWORD, Lab, WEB } from '../../../packages/adapter-hyperv/test/lab.js';
import { type HyperVHost, startHyperVHost } from '../../../packages/rdp-tunnel/test/hyperv-host.js';
import { hasChromium, keepPicture, launchChromium } from '../../../scripts/fixtures/chromium.js';
import { freePorts } from '../../../scripts/fixtures/ntlm-apache-fixture.js';
import { hasFreeRdp, hasXrdp, RdpDesktop } from '../../../scripts/fixtures/rdp-desktop.js';
import { ApiClient } from './api-client.js';
import { canvasColours, canvasDigest, typeKeys, waitForConsole } from './console-page.js';
import { type RunningProgram, runServerProgram } from './run-server.js';

const TOKEN = 'operator-token-of-this-test';
const LISTEN = `127.0.0.1:${await freePorts(1)}`;
const PORTS = { tls: 13_501, nla: 13_502, xrdp: 13_503 };
const NOBODY = 13_504;
/** Where Hyper-V has its consoles. */
const VMCONNECT = 2179;

const runnable = hasChromium() && hasFreeRdp() && hasXrdp();
const lab = runnable ? await Lab.start() : undefined;

describe.skipIf(!runnable)('RDP consoles in a browser', () => {
  if (!runnable) return;
  let folder = '';
  let desktops: Record<keyof typeof PORTS, RdpDesktop>;
  let hyperV: HyperVHost;
  let server: RunningProgram;
  let browser: Browser;
  let page: Page;
  /** All that the gateway sent to the page, as it came. */
  let received: Buffer[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'rdp-consoles-'));
    desktops = {
      tls: RdpDesktop.start(PORTS.tls, 95, 'tls'),
      nla: RdpDesktop.start(PORTS.nla, 96, 'nla'),
      xrdp: RdpDesktop.start(PORTS.xrdp, 97, 'xrdp'),
    };
    hyperV = await startHyperVHost({
      folder,
      port: VMCONNECT,
      desktopPort: PORTS.tls,
      passwordOf: (user) => (user === 'rc-console' ? CONSOLE_PASSWORD : undefined),
    });
    server = await startServer();
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
    await hyperV?.close();
    await lab?.stop();
    for (const desktop of Object.values(desktops)) desktop.stop();
    await rm(folder, { recursive: true });
  });
  afterEach(() => page?.close());

  async function startServer(gateway: object = {}): Promise<RunningProgram> {
    const { account } = desktops.nla;
    await writeFile(join(folder, 'password'), `${account.password}\n`);
    await writeFile(join(folder, 'wrong-password'), 'not-that-one');
    const pinned = (kind: keyof typeof PORTS) => ({
      host: '127.0.0.1',
      port: PORTS[kind],
      tls: { fingerprint: desktops[kind].fingerprint },
    });
    const login = { ...pinned('nla'), user: account.user };
    const rdpHosts = {
      tls: pinned('tls'),
      nla: { ...login, passwordFile: 'password' },
      'nla-wrong-password': { ...login, passwordFile: 'wrong-password' },
      'nla-no-login': pinned('nla'),
      'tls-other-certificate': { ...pinned('tls'), tls: pinned('nla').tls },
      xrdp: {
        host: '127.0.0.1',
        port: PORTS.xrdp,
        tls: { caFile: desktops.xrdp.certificateFile, serverName: 'xrdp.test' },
      },
      nobody: { ...pinned('tls'), port: NOBODY },
    };
    const servers = Object.entries(rdpHosts).map(([name, rdp]) => ({
      id: name,
      name,
      project: 'p',
      host: 'lab',
      consoles: { rdp },
    }));
    const hypervisors: object[] = [
      { name: 'hosts', module: '@remote-consoles/adapter-memory', options: { servers } },
    ];
    if (lab) {
      lab.reset();
      const host = lab.host('ntlm', { consoleTrust: { sha256: hyperV.fingerprint } });
      const options = lab.options([host], {
        console: { user: 'LAB\\rc-console', passwordFile: 'console-password' },
      });
      await writeFile(join(folder, 'winrm-password'), lab.apache.report.password);
      await writeFile(join(folder, 'console-password'), CONSOLE_PASSWORD);
      hypervisors.push({ name: 'hyperv', module: '@remote-consoles/adapter-hyperv', options });
    }
    const config = {
      listen: LISTEN,
      auth: { options: { tokens: [{ token: TOKEN, user: 'operator', project: 'p', roles: ['admin'] }] } },
      hypervisors,
      gateway: { drainTimeout: 0, ...gateway },
    };
    await writeFile(join(folder, 'consoles.yaml'), JSON.stringify(config));
    return runServerProgram(['serve', '--config', join(folder, 'consoles.yaml')], '"msg":"ready"');
  }

  const api = () => new ApiClient(`http://${LISTEN}`, TOKEN);

  /** Opens the page of a server's console, whatever comes of it. */
  async function open(serverId: string): Promise<void> {
    page = await browser.newPage({ viewport: { width: 1100, height: 900 } });
    received = [];
    page.on('websocket', (socket) =>
      socket.on('framereceived', ({ payload }) => received.push(Buffer.from(payload))),
    );
    await page.goto(await api().consoleUrl(serverId, 'rdp', 'rdp-html5'));
  }

  async function openConnected(serverId: string): Promise<void> {
    await open(serverId);
    await waitForConsole(page);
    await expect.poll(() => canvasColours(page), { timeout: 30_000 }).toBeGreaterThan(2);
    const { width = 0, height = 1 } = (await page.locator('canvas').boundingBox()) ?? {};
    expect(width / height).toBeCloseTo(await page.locator('canvas').evaluate(aspect), 1);
    await page.locator('canvas').focus();
  }

  const aspect = (element: Element) => {
    const { width, height } = element as HTMLCanvasElement;
    return width / height;
  };

  /** Types a command that leaves a file behind. */
  async function leaveMark(desktop: RdpDesktop, name: string): Promise<void> {
    await typeKeys(page, `touch ${join(desktop.folder, name)}\n`);
    await expect.poll(() => desktop.file(name), { timeout: 20_000 }).toBe('');
  }

  const refused = (heading: string) => page.getByRole('heading', { name: heading }).waitFor();
  const log = () => server.output();

  it('shows an RDP server without a login, and what is typed arrives', async () => {
    await openConnected('tls');
    await leaveMark(desktops.tls, 'typed-by-tls');
    await keepPicture(page, 'rdp-freerdp-tls');
    expect(log()).toMatch(/"security":"rdp-tls"/);
  });

  it('logs in to a server that wants that, with a password which the page never sees', async () => {
    await openConnected('nla');
    await leaveMark(desktops.nla, 'typed-by-nla');
    await keepPicture(page, 'rdp-freerdp-nla');
    const seen = Buffer.concat(received);
    const { password } = desktops.nla.account;
    for (const encoding of ['utf8', 'utf16le'] as const) {
      expect(seen.includes(Buffer.from(password, encoding))).toBe(false);
    }
    expect(await page.content()).not.toContain(password);
  });

  it('says so where the host refuses the login, and says why to the operator alone', async () => {
    await open('nla-wrong-password');
    await refused('The host of this machine refused the gateway’s login.');
    await keepPicture(page, 'rdp-wrong-password');
    expect(log()).toContain('"reasonCode":"credssp-refused"');
    expect(log()).toContain('the host hung up on the login: wrong account or password?');
    expect(log()).not.toContain('not-that-one');
  });

  it('says so where the host wants a login and there is none', async () => {
    await open('nla-no-login');
    await refused('The machine refused the console.');
    expect(log()).toContain('it demands network level authentication');
  });

  it('says so where the certificate is another one', async () => {
    await open('tls-other-certificate');
    await refused('The host of this machine may not be the one it should be.');
    expect(log()).toContain('"reasonCode":"certificate-refused"');
  });

  it('says so where nobody listens, before the socket opens', async () => {
    await open('nobody');
    await refused('The console of this machine cannot be reached.');
  });

  describe('of xrdp', () => {
    async function logIn(): Promise<void> {
      await openConnected('xrdp');
      const dialog = await settled();
      await typeKeys(page, 'me');
      await page.keyboard.press('Tab');
      await typeKeys(page, 'mine\n');
      await expect.poll(() => canvasDigest(page), { timeout: 20_000 }).not.toBe(dialog);
      await settled();
    }

    /** The screen once it does not change any more. */
    async function settled(): Promise<string> {
      let [before, now] = ['', await canvasDigest(page)];
      while (before !== now) {
        await page.waitForTimeout(700);
        [before, now] = [now, await canvasDigest(page)];
      }
      return now;
    }

    /** Where there is something dark on a light screen, row by row. */
    const darkPixels = (): Promise<boolean[]> =>
      page.evaluate(() => {
        const canvas = document.querySelector('canvas');
        const context = canvas?.getContext('2d');
        if (!canvas || !context) return [];
        const { data } = context.getImageData(60, 60, canvas.width - 200, 300);
        return Array.from({ length: data.length / 4 }, (_, i) => (data[i * 4] ?? 0) < 128);
      });

    /** How much of what is typed now is drawn otherwise when the same screen is drawn at once. */
    async function badlyDrawn(name: string): Promise<number> {
      await logIn();
      await typeKeys(page, 'clear; echo the quick brown fox jumps over\n');
      await settled();
      await keepPicture(page, `rdp-xrdp-${name}`);
      const drawn = await darkPixels();
      await page.close();
      await logIn();
      const atOnce = await darkPixels();
      const other = drawn.filter((dark, i) => dark !== atOnce[i]).length;
      return other / atOnce.filter(Boolean).length;
    }

    it('are shown from its login dialog on, verified by an authority, and what is typed arrives', async () => {
      await logIn();
      await leaveMark(desktops.xrdp, 'typed-by-xrdp');
    });

    it('are drawn straight with widened bitmaps, which the page’s client draws askew', async () => {
      const askew = await badlyDrawn('askew');
      await server.stop();
      server = await startServer({ widenRdpBitmaps: true });
      const straight = await badlyDrawn('widened');
      expect(straight).toBeLessThan(askew / 5);
    }, 180_000);
  });

  describe.skipIf(!lab)('of Hyper-V', () => {
    const serverId = WEB.toLowerCase();

    it('show a VM by its GUID on port 2179, and what is typed arrives', async () => {
      await openConnected(serverId);
      await leaveMark(desktops.tls, 'typed-by-vmconnect');
      await keepPicture(page, 'rdp-vmconnect');
      expect(hyperV.seen).toMatchObject({
        preconnectionText: WEB,
        user: 'rc-console',
        delegatedPassword: CONSOLE_PASSWORD,
        targetName: 'TERMSRV/127.0.0.1',
      });
      const seen = Buffer.concat(received);
      for (const encoding of ['utf8', 'utf16le'] as const) {
        expect(seen.includes(Buffer.from(CONSOLE_PASSWORD, encoding))).toBe(false);
        expect(seen.includes(Buffer.from(WEB, encoding))).toBe(false);
      }
      expect(log()).toMatch(/"security":"rdp-vmconnect"/);
      expect(log()).not.toContain(JSON.stringify(CONSOLE_PASSWORD).slice(1, -1));
    });

    it('lead, by os-console-auth-tokens at 2.1, where Nova’s driver for Hyper-V said', async () => {
      const url = new URL(await api().consoleUrl(serverId, 'rdp', 'rdp-html5'));
      const token = url.searchParams.get('token');
      const path = `/v2.1/os-console-auth-tokens/${token}`;
      const response = await fetch(`http://${LISTEN}${path}`, { headers: { 'X-Auth-Token': TOKEN } });
      expect(await response.json()).toEqual({
        console: { instance_uuid: serverId, host: '127.0.0.1', port: VMCONNECT, internal_access_path: WEB },
      });
    });

    it('are refused while the VM is off', async () => {
      lab?.service('ntlm').wmi.vms.forEach((vm) => {
        vm.state = 3;
      });
      const response = await api().askForConsole(serverId, 'rdp', 'rdp-html5');
      expect(response.status).toBe(409);
    });
  });
});
