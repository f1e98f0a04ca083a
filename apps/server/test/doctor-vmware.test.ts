import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { simulatorIsThere } from '../../../packages/adapter-vmware/test/parts.js';
import { Vcsim } from '../../../packages/adapter-vmware/test/vcsim.js';
import { runProgram } from './run-server.js';

describe.skipIf(!(await simulatorIsThere()))('remote-consoles doctor, with a simulated vCenter', () => {
  const screen = createServer((socket) => socket.on('error', () => {}).write('RFB 003.008\n'));
  let directory = '';
  let vcsim: Vcsim;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'doctor-vmware-'));
    screen.listen(0, '127.0.0.1');
    await once(screen, 'listening');
    vcsim = await Vcsim.start(['-rfb', `127.0.0.1:${(screen.address() as AddressInfo).port}`]);
  });
  afterAll(async () => {
    screen.close();
    await vcsim.stop();
    await rm(directory, { recursive: true });
  });

  async function legs(trust: object, password = vcsim.ready.password) {
    const { url, username, vms } = vcsim.ready;
    const options = { url, user: username, password, trust, project: { default: 'p' } };
    const hypervisors = [{ name: 'vc', module: '@remote-consoles/adapter-vmware', options }];
    const auth = {
      options: { tokens: [{ token: 'sesame-open-up', user: 'u', project: 'p', roles: ['member'] }] },
    };
    const config = join(directory, 'consoles.yaml');
    await writeFile(config, JSON.stringify({ auth, hypervisors }));
    const { stdout } = await runProgram([
      'doctor',
      '--config',
      config,
      '--json',
      '--server',
      vms[0].instanceUuid,
    ]);
    expect(stdout).not.toContain(password);
    const lines = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    // Nobody serves the page.
    return lines.filter(({ place = 'page' }) => !place.startsWith('page'));
  }

  it('walks through vSphere and its ticket to the console', async () => {
    const all = await legs({ sha256: vcsim.ready.sha256 });
    expect(all.map(({ outcome, leg }) => `${outcome} ${leg.replace(/ \d+$/, ' PORT')}`)).toEqual([
      'ok TCP PORT',
      'ok TLS',
      'ok log in',
      'ok find the VM',
      'ok power state',
      'ok ticket',
      'ok TCP PORT',
      'ok TLS',
      'ok WebSocket upgrade',
      'ok RFB banner',
    ]);
  });

  it('ends at a certificate that is not believed, before the password leaves, and at a wrong password', async () => {
    const untrusted = (await legs({ sha256: 'ab'.repeat(32) })).find(({ outcome }) => outcome === 'failed');
    expect(untrusted).toMatchObject({ leg: 'TLS', advice: expect.stringContaining('renewed') });
    expect(untrusted.detail.replaceAll(':', '').toLowerCase()).toContain(
      vcsim.ready.sha256.replaceAll(':', '').toLowerCase(),
    );
    const refused = (await legs({ sha256: vcsim.ready.sha256 }, 'Wr0ng-pw')).find(
      ({ outcome }) => outcome === 'failed',
    );
    expect(refused).toMatchObject({ leg: 'log in', advice: expect.stringContaining('locks') });
  });
});
