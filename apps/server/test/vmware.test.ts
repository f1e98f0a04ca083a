import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { partsAreThere, simulatorIsThere } from '../../../packages/adapter-vmware/test/parts.js';
import { type SimulatedVm, Vcsim } from '../../../packages/adapter-vmware/test/vcsim.js';
import { hasChromium, keepPicture, launchChromium } from '../../../scripts/fixtures/chromium.js';
import { ApiClient } from './api-client.js';
import { canvasColours, canvasDigest, typeKeys, waitForConsole } from './console-page.js';
import { type RunningProgram, runServerProgram } from './run-server.js';
import { VNC_TERMINAL_PACKAGES, VncTerminal } from './vnc-terminal.js';

const TOKEN = 'operator-token-of-this-test';
const CONFIGURATION = fileURLToPath(new URL('../../../docs/configuration.md', import.meta.url));
const THERE =
  hasChromium() &&
  (await simulatorIsThere()) &&
  (await partsAreThere('consoles of a simulated vSphere', 'debian-packages.sh', VNC_TERMINAL_PACKAGES));

describe.skipIf(!THERE)('a virtual machine of VMware’s', () => {
  let browser: Browser;
  let folder = '';
  let terminal: VncTerminal;
  let page: Page;
  beforeAll(async () => {
    browser = await launchChromium();
    folder = await mkdtemp(join(tmpdir(), 'vmware-'));
    terminal = await VncTerminal.start(85);
  });
  afterEach(() => page?.close());
  afterAll(async () => {
    await browser?.close();
    await terminal?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  /** Runs the server with the example of docs/configuration.md, its vCenter replaced by the simulated one. */
  async function serve(
    vcsim: Vcsim,
    listen: string,
    more: object = {},
  ): Promise<{ server: RunningProgram; api: ApiClient }> {
    const [, example = ''] =
      /^## VMware\n+```yaml\n([\s\S]*?)^```$/m.exec(await readFile(CONFIGURATION, 'utf8')) ?? [];
    const { url, username, password } = vcsim.ready;
    await writeFile(join(vcsim.directory, 'password'), `${password}\n`);
    const here = example
      .replace('https://vcenter.example.org', url)
      .replace('consoles@vsphere.local', username)
      .replace('/etc/remote-consoles/vcenter.password', join(vcsim.directory, 'password'))
      .replace('/etc/remote-consoles/vcenter-ca.pem', join(vcsim.directory, 'cert.pem'));
    expect(here).not.toMatch(/example|etc/);
    const config = {
      listen,
      auth: { options: { tokens: [{ token: TOKEN, user: 'operator', project: 'admin', roles: ['admin'] }] } },
      ...parse(here),
      ...more,
    };
    const file = join(folder, `${listen.replace(':', '-')}.yaml`);
    await writeFile(file, stringify(config));
    const server = await runServerProgram(['serve', '--config', file], '"msg":"ready"');
    return { server, api: new ApiClient(`http://${listen}`, TOKEN) };
  }

  const mksUrl = (api: ApiClient, { instanceUuid }: SimulatedVm): Promise<string> =>
    api.consoleUrl(instanceUuid, 'mks', 'webmks');

  async function open(url: string): Promise<void> {
    page = await browser.newPage({ viewport: { width: 1100, height: 850 } });
    page.setDefaultTimeout(15_000);
    await page.goto(url);
  }

  /** Waits until the page explains itself with this sentence. */
  const explains = (sentence: string) =>
    expect
      .poll(
        () =>
          page
            .getByRole('heading')
            .textContent({ timeout: 1_000 })
            .catch(() => ''),
        { timeout: 25_000 },
      )
      .toBe(sentence);

  describe('on a vCenter', () => {
    const LISTEN = '127.0.0.1:18793';
    let vcsim: Vcsim;
    let server: RunningProgram;
    let api: ApiClient;
    beforeAll(async () => {
      vcsim = await Vcsim.start(['-rfb', `127.0.0.1:${terminal.port}`, '-ticket-ttl', '1s']);
      ({ server, api } = await serve(vcsim, LISTEN));
    });
    afterAll(async () => {
      await server?.stop();
      await vcsim?.stop();
    });

    it('shows its screen in the browser, and takes what is typed', async () => {
      const url = await mksUrl(api, vcsim.ready.vms[0]);
      expect(new URL(url).pathname).toBe('/mks.html');
      await open(url);
      await waitForConsole(page);
      await expect.poll(() => canvasColours(page)).toBeGreaterThan(1);
      const before = await canvasDigest(page);
      await page.mouse.click(500, 400);
      await typeKeys(page, 'Typed through MKS: 42!\n');
      await expect.poll(() => terminal.typed()).toContain('Typed through MKS: 42!\n');
      await expect.poll(() => canvasDigest(page)).not.toBe(before);
      await keepPicture(page, 'vmware-mks');
    });

    it('has a fresh ticket for each time that its address is opened', async () => {
      const url = await mksUrl(api, vcsim.ready.vms[0]);
      // What was issued with the URL has expired by then.
      await new Promise((resolve) => setTimeout(resolve, 1_500));
      for (const _time of ['first', 'second']) {
        await open(url);
        await waitForConsole(page);
        await page.close();
      }
    });

    it('has connect info with Nova’s keys', async () => {
      const [vm] = vcsim.ready.vms;
      const url = new URL(await mksUrl(api, vm));
      const token = url.searchParams.get('token') ?? '';
      const response = await api.get(`/v2.1/os-console-auth-tokens/${token}`, '2.31');
      const { console } = (await response.json()) as { console: { internal_access_path: string } };
      expect(console).toMatchObject({
        instance_uuid: vm.instanceUuid,
        host: '127.0.0.1',
        port: vcsim.port,
      });
      expect(JSON.parse(console.internal_access_path)).toEqual({
        ticket: expect.stringMatching(/^[0-9a-f]{16}$/),
        cfgFile: `/vmfs/volumes/${vm.name}/${vm.name}.vmx`,
        thumbprint: vcsim.ready.sha1.replaceAll(':', '').toLowerCase(),
      });
      expect(server.output()).not.toContain(token);
    });

    it('says that it is off, to who asks for a console and to who has one', async () => {
      const [, vm] = vcsim.ready.vms;
      await open(await mksUrl(api, vm));
      await waitForConsole(page);
      const later = await mksUrl(api, vm);
      const admin = await vcsim.admin();
      await admin.power(vm.moid, 'poweredOff');
      try {
        await explains('The machine stopped running.');
        await keepPicture(page, 'vmware-switched-off');
        await page.close();
        const refused = await api.askForConsole(vm.instanceUuid, 'mks', 'webmks');
        expect(refused.status).toBe(409);
        await open(later);
        await explains('This console URL has expired or is not valid.');
      } finally {
        await admin.power(vm.moid, 'poweredOn');
      }
    });

    it('goes on when vCenter has ended the session', async () => {
      const url = await mksUrl(api, vcsim.ready.vms[0]);
      await (await vcsim.admin()).terminateOthers();
      await open(url);
      await waitForConsole(page);
    });

    it('says that vCenter does not answer while it does not', async () => {
      const url = await mksUrl(api, vcsim.ready.vms[0]);
      await vcsim.freeze();
      try {
        await open(url);
        await explains('The host of this machine does not answer.');
      } finally {
        vcsim.thaw();
      }
      await page.getByRole('button', { name: 'Connect again' }).click();
      await waitForConsole(page);
    });
  });

  it('on an ESXi host whose certificate is not the one of its tickets is not shown, and why', async () => {
    const vcsim = await Vcsim.start(['-esx', '-rfb', `127.0.0.1:${terminal.port}`, '-pin', 'wrong']);
    const { server, api } = await serve(vcsim, '127.0.0.1:18794');
    try {
      await open(await mksUrl(api, vcsim.ready.vms[0]));
      await explains('The machine refused the console.');
      await page.getByText('the certificate of the console is not the pinned one').waitFor();
      await keepPicture(page, 'vmware-wrong-thumbprint');
    } finally {
      await server.stop();
      await vcsim.stop();
    }
  });

  it('whose ticket its host does not accept is not shown, and why', async () => {
    const vcsim = await Vcsim.start(['-rfb', `127.0.0.1:${terminal.port}`, '-ticket-ttl', '1ns']);
    const { server, api } = await serve(vcsim, '127.0.0.1:18795');
    try {
      await open(await mksUrl(api, vcsim.ready.vms[0]));
      await explains('The machine refused the console.');
      await page.getByText('the console does not accept its ticket (HTTP 404)').waitFor();
    } finally {
      await server.stop();
      await vcsim.stop();
    }
  });

  it('is drawn by the client of the directory that viewer.wmks names', async () => {
    const vcsim = await Vcsim.start(['-rfb', `127.0.0.1:${terminal.port}`]);
    const wmks = fileURLToPath(new URL('../../../packages/viewer/test/wmks-double', import.meta.url));
    const { server, api } = await serve(vcsim, '127.0.0.1:18797', { viewer: { wmks } });
    try {
      await open(await mksUrl(api, vcsim.ready.vms[0]));
      await waitForConsole(page);
      expect(await page.locator('#mainCanvas').count()).toBe(1);
    } finally {
      await page.close();
      await server.stop();
      await vcsim.stop();
    }
  });

  it('is shown once where URLs are for one use', async () => {
    const vcsim = await Vcsim.start(['-rfb', `127.0.0.1:${terminal.port}`]);
    const { server, api } = await serve(vcsim, '127.0.0.1:18796', { tokens: { oneTime: true } });
    const somebodyElse = await browser.newContext();
    try {
      const url = await mksUrl(api, vcsim.ready.vms[0]);
      await open(url);
      await waitForConsole(page);
      await page.close();
      page = await somebodyElse.newPage();
      await page.goto(url);
      await explains('This console URL was for one use and has been used.');
    } finally {
      await somebodyElse.close();
      await server.stop();
      await vcsim.stop();
    }
  });
});
