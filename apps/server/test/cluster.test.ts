import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { hasChromium, launchChromium } from '../../../scripts/fixtures/chromium.js';
import { proxyIsInstalled } from '../../../scripts/fixtures/proxy-fixture.js';
import { redisIsInstalled } from '../../../scripts/fixtures/redis-server.js';
import {
  type AuditRecord,
  CLIENT,
  DocumentedCluster,
  MEMBER,
  PROCESSES,
  type ProcessName,
} from './cluster/documented-cluster.js';
import { canvasColours, waitForConsole } from './console-page.js';
import type { SerialViewer } from './serial-viewer.js';

const PROXIES = (['nginx', 'haproxy'] as const).filter(proxyIsInstalled);
const FORGED = '203.0.113.66';

/** A server for each test that counts what happened to it. */
const servers = Array.from({ length: 24 }, () => randomUUID());
const nextServer = () => {
  const id = servers.shift();
  if (id === undefined) throw new Error('more servers are needed');
  return id;
};

describe.skipIf(!redisIsInstalled() || PROXIES.length === 0)('two APIs and two gateways', () => {
  let cluster: DocumentedCluster;
  beforeAll(async () => {
    cluster = await DocumentedCluster.start(PROXIES, [...servers]);
  });
  afterEach(() => cluster.heal());
  afterAll(() => cluster?.stop());

  /** The records of a server's consoles that were opened; what a process prints comes when it comes. */
  async function openedBy(serverId: string, count: number): Promise<readonly AuditRecord[]> {
    const opened = () =>
      cluster
        .records('console.open')
        .filter(({ target, outcome }) => target.id === serverId && outcome === 'success');
    await expect.poll(() => opened().length, { timeout: 5_000 }).toBe(count);
    return opened();
  }

  /** The gateway that has the server's only session. */
  async function holderOf(serverId: string): Promise<ProcessName> {
    const [record] = await openedBy(serverId, 1);
    if (!record) throw new Error('nobody has opened a console');
    return record.process;
  }

  describe.each(PROXIES)('behind %s', (proxy) => {
    it('are healthy, and each name leads to its own role', async () => {
      expect((await cluster.ask(proxy, 'compute', '/healthz')).status).toBe(200);
      expect((await cluster.ask(proxy, 'consoles', '/healthz')).status).toBe(200);
      const ready = await cluster.ask(proxy, 'compute', '/readyz');
      expect(JSON.parse(ready.text)).toMatchObject({ status: 'ready', tokenStore: true, identity: true });
      const gateway = await cluster.ask(proxy, 'consoles', '/readyz');
      expect(gateway.status).toBe(200);
      expect(JSON.parse(gateway.text)).not.toHaveProperty('identity');
      expect((await cluster.ask(proxy, 'consoles', '/vnc_lite.html')).text).toContain('noVNC');
      expect((await cluster.ask(proxy, 'compute', '/vnc_lite.html')).text).not.toContain('noVNC');
      const headers = { 'X-Auth-Token': MEMBER };
      expect((await cluster.ask(proxy, 'compute', '/v2.1/servers', { headers })).status).toBe(200);
      expect((await cluster.ask(proxy, 'consoles', '/v2.1/servers', { headers })).status).toBe(404);
      const root = await cluster.ask(proxy, 'compute', '/');
      expect(root.text).toContain('"https://compute.example.org/v2.1/"');
    });

    it('open a console on whichever gateway, with a token of whichever API', async () => {
      const serverId = nextServer();
      const viewers: SerialViewer[] = [];
      for (let count = 0; count < 6; count++) {
        const url = await cluster.consoleUrl(proxy, serverId);
        expect(url).toMatch(/^wss:\/\/consoles\.example\.org\/\?token=[0-9a-f-]{36}$/);
        viewers.push(await cluster.open(proxy, url));
      }
      for (const [index, viewer] of viewers.entries()) await viewer.says(`viewer-${index}`);
      for (const viewer of viewers) viewer.close();
      const issued = cluster.records('console.issue').filter(({ target }) => target.id === serverId);
      expect(new Set(issued.map(({ process }) => process))).toEqual(new Set(['api-1', 'api-2']));
      const opened = (await openedBy(serverId, 6)).map(({ process }) => process);
      expect(new Set(opened)).toEqual(new Set(['gateway-1', 'gateway-2']));
    });

    it('know who the client is, whatever it claims to be', async () => {
      const serverId = nextServer();
      const headers = { 'X-Forwarded-For': FORGED, Forwarded: `for=${FORGED}` };
      const url = await cluster.consoleUrl(proxy, serverId, 'serial', headers);
      const viewer = await cluster.open(proxy, url, { ...headers, 'X-Forwarded-Proto': 'http' });
      await viewer.says('hello');
      viewer.close();
      await openedBy(serverId, 1);
      const seen = ['console.issue', 'console.redeem', 'console.open'].map((name) =>
        cluster.records(name).find(({ target }) => target.id === serverId),
      );
      expect(seen.map((record) => record?.initiator.host?.address)).toEqual([CLIENT, CLIENT, CLIENT]);
    });

    it('believe nothing of a client that comes past the proxy', async () => {
      const serverId = nextServer();
      const url = await cluster.consoleUrl(proxy, serverId);
      const viewer = await cluster.openDirectly('gateway-1', url, {
        'X-Forwarded-For': FORGED,
        'X-Forwarded-Proto': 'gopher',
      });
      await viewer.says('hello');
      viewer.close();
      const [record] = await openedBy(serverId, 1);
      expect(record?.initiator.host?.address).toBe(CLIENT);
    });

    it('open no console at an API, which does not log the token either', async () => {
      const url = await cluster.consoleUrl(proxy, nextServer());
      await expect(cluster.openDirectly('api-1', url)).rejects.toThrow('refused with');
      await expect.poll(() => cluster.process('api-1').output()).toContain('"url":"/?***');
      expect(cluster.process('api-1').output()).not.toContain(url.slice(-36));
    });

    it('refuse a wrong token with 401', async () => {
      const wrong = `wss://consoles.example.org/?token=${randomUUID()}`;
      await expect(cluster.open(proxy, wrong)).rejects.toThrow('refused with 401');
    });

    it.skipIf(!hasChromium())('show a screen in a browser', async () => {
      const url = await cluster.consoleUrl(proxy, nextServer(), 'novnc');
      const browser = await launchChromium(cluster.hostRules(proxy));
      try {
        const page = await browser.newPage({ ignoreHTTPSErrors: true });
        await page.goto(url);
        await waitForConsole(page);
        await expect.poll(() => canvasColours(page)).toBeGreaterThan(3);
      } finally {
        await browser.close();
      }
    });

    it('lose only the open sockets of a gateway that is killed', async () => {
      const serverId = nextServer();
      const url = await cluster.consoleUrl(proxy, serverId);
      const viewer = await cluster.open(proxy, url);
      await viewer.says('before');
      const victim = await holderOf(serverId);
      await kill(victim);
      expect((await viewer.closed).code).toBe(1006);
      // The same token, at once: the page that lost its socket tries again with it.
      const again = await cluster.open(proxy, url);
      await again.says('again');
      again.close();
      const fresh = await cluster.open(proxy, await cluster.consoleUrl(proxy, serverId));
      await fresh.says('fresh');
      fresh.close();
      const openers = (await openedBy(serverId, 3)).map(({ process }) => process);
      expect(openers.filter((name) => name === victim)).toHaveLength(1);
    });

    it('go on without an API that is killed', async () => {
      await kill('api-2');
      for (let count = 0; count < 3; count++) {
        const viewer = await cluster.open(proxy, await cluster.consoleUrl(proxy, nextServer()));
        viewer.close();
      }
    });

    it('drain a gateway on SIGTERM: its sessions go on, new ones go elsewhere', async () => {
      const serverId = nextServer();
      const url = await cluster.consoleUrl(proxy, serverId);
      const viewer = await cluster.open(proxy, url);
      await viewer.says('before');
      const program = cluster.process(await holderOf(serverId));
      const asked = Date.now();
      program.child.kill('SIGTERM');
      await expect.poll(() => program.output()).toContain('"msg":"draining"');
      const later = await cluster.open(proxy, url);
      await later.says('elsewhere');
      later.close();
      await viewer.says('still here');
      expect(await viewer.closed).toMatchObject({ code: 1001 });
      expect(Date.now() - asked).toBeGreaterThan(9_000);
      expect((await program.ended).code).toBe(0);
    });
  });

  it('all end the consoles of a server that one of them hears has stopped, within 1 s', async () => {
    const serverId = nextServer();
    const [proxy = 'nginx'] = PROXIES;
    const urls = await Promise.all([0, 1].map(() => cluster.consoleUrl(proxy, serverId)));
    const viewers = await Promise.all(
      (['gateway-1', 'gateway-2'] as const).map((name, index) =>
        cluster.openDirectly(name, urls[index] ?? ''),
      ),
    );
    for (const viewer of viewers) await viewer.says('running');
    const stopped = performance.now();
    cluster.stopServer(serverId);
    for (const viewer of viewers) expect(await viewer.closed).toMatchObject({ code: 4001 });
    expect(performance.now() - stopped).toBeLessThan(1_000);
    for (const url of urls) await expect(cluster.open(proxy, url)).rejects.toThrow('refused with 401');
  });

  it('list the sessions of all gateways, and end any of them within 1 s', async () => {
    const serverId = nextServer();
    const [proxy = 'nginx'] = PROXIES;
    const viewers = await Promise.all(
      (['gateway-1', 'gateway-2'] as const).map(async (name) =>
        cluster.openDirectly(name, await cluster.consoleUrl(proxy, serverId)),
      ),
    );
    const path = `/console/sessions?server_id=${serverId}`;
    const headers = { 'X-Auth-Token': MEMBER };
    const list = async () => {
      const { text } = await cluster.ask(proxy, 'compute', path, { headers });
      return (JSON.parse(text) as { sessions: { id: string; client_address: string }[] }).sessions;
    };
    await expect.poll(async () => (await list()).length, { timeout: 5_000 }).toBe(2);
    const sessions = await list();
    for (const { client_address } of sessions) expect(client_address).toBe(CLIENT);
    const asked = performance.now();
    const end = ({ id }: { id: string }) =>
      cluster.ask(proxy, 'compute', `/console/sessions/${id}`, { headers, method: 'DELETE' });
    for (const { status } of await Promise.all(sessions.map(end))) expect(status).toBe(204);
    for (const viewer of viewers) expect(await viewer.closed).toMatchObject({ code: 4004 });
    expect(performance.now() - asked).toBeLessThan(1_000);
    await expect.poll(list).toEqual([]);
  });

  it('keep no token, password or key in what they log', async () => {
    const url = await cluster.consoleUrl(PROXIES[0] ?? 'nginx', nextServer());
    const token = url.slice(-36);
    expect(cluster.redisKeys()).not.toContain(token);
    for (const name of PROCESSES) {
      for (const secret of [token, MEMBER, 'the-password-of-redis'])
        expect(cluster.process(name).output()).not.toContain(secret);
    }
  });

  async function kill(name: ProcessName): Promise<void> {
    const program = cluster.process(name);
    program.child.kill('SIGKILL');
    await program.ended;
  }
});
