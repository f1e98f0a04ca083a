import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startLibvirtFixture } from '../../../scripts/fixtures/libvirt-fixture.js';
import { runProgram } from './run-server.js';

const fixture = await startLibvirtFixture({
  name: 'lv-doctor',
  portBase: 17_900,
  only: ['vnc-socket', 'vnc-password', 'vnc-tls-password', 'spice', 'serial', 'headless'],
});

describe.skipIf(fixture === undefined)('remote-consoles doctor, with libvirt', () => {
  const lab = fixture as NonNullable<typeof fixture>;
  let directory = '';
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'doctor-libvirt-'));
  });
  afterAll(async () => {
    await rm(directory, { recursive: true });
    await lab.stop();
  });

  /** The legs on the way to a console, by a configuration with these hosts. */
  async function legs(hosts: readonly object[], args: readonly string[], more: object = {}) {
    const config = join(directory, 'consoles.yaml');
    const hypervisor = {
      name: 'lv',
      module: '@remote-consoles/adapter-libvirt',
      options: { hosts, defaultProject: 'p', timeouts: { connect: 5, call: 2 }, ...more },
    };
    const auth = {
      options: { tokens: [{ token: 'sesame-open-up', user: 'u', project: 'p', roles: ['member'] }] },
    };
    await writeFile(config, JSON.stringify({ auth, hypervisors: [hypervisor] }));
    const { stdout, stderr } = await runProgram(['doctor', '--config', config, '--json', ...args]);
    expect(stderr).toBe('');
    expect(stdout).not.toMatch(/s3cret12|sp1ce-secret/);
    const lines = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    // Nobody serves the page.
    return lines.filter(({ place = 'page' }) => !place.startsWith('page'));
  }
  const here = (access: 'uri' | 'tcpUri' | 'tlsUri' = 'uri') =>
    lab.hosts.map((host) => ({ name: host.name, uri: host[access] }));
  const way = async (domain: string, type: string, access?: 'uri' | 'tcpUri', more?: object) => {
    const args = ['--server', lab.domain(domain).uuid, '--type', type];
    return (await legs(here(access), args, more)).filter(({ leg }) => leg !== 'not looked into');
  };
  const names = (all: Awaited<ReturnType<typeof legs>>) =>
    all.map(({ leg, outcome }) => `${outcome} ${leg.replace(/ \d+$/, ' PORT')}`);
  const FOUND = [
    'ok connect to libvirt',
    'ok find the domain',
    'ok state',
    'ok devices',
    'ok open the console',
  ];

  it.each([
    ['vnc-socket', 'novnc', ['ok RFB banner', 'ok RFB security']],
    ['spice', 'spice-html5', ['ok SPICE link', 'ok SPICE ticket']],
    ['serial', 'serial', ['ok serial stream']],
  ])('walks to a console of %s that libvirt hands over', async (domain, type, console) => {
    expect(names(await way(domain, type))).toEqual([...FOUND, 'ok open the stream', ...console]);
  });

  it('walks to a display on a port, with its password', async () => {
    const all = await way('vnc-password', 'novnc', 'tcpUri');
    expect(names(all)).toEqual(['ok TCP PORT', ...FOUND, 'ok TCP PORT', 'ok RFB banner', 'ok RFB security']);
    expect(all.at(-1).detail).toBe('offers VNC password; in with the password');
  });

  it('shows the certificate of a display that is of no trusted authority', async () => {
    const all = await way('vnc-tls-password', 'novnc', 'tcpUri');
    expect(all.at(-1)).toMatchObject({ leg: 'RFB security', outcome: 'failed' });
    expect(all.at(-1).detail).toMatch(/SHA-256 ([0-9A-F]{2}:){31}/);
    expect(all.at(-1).advice).toMatch(/pin the certificate/);
  });

  it('ends at a server that is off, that has no such device, or is nowhere', async () => {
    const off = (await way('stopped', 'novnc')).find(({ outcome }) => outcome === 'failed');
    expect(off).toMatchObject({ leg: 'state', advice: expect.stringContaining('virsh start') });
    const headless = (await way('headless', 'novnc')).find(({ outcome }) => outcome === 'failed');
    expect(headless).toMatchObject({
      leg: 'open the console',
      advice: expect.stringContaining('no such device'),
    });
    const nowhere = await legs(here(), ['--server', '00000000-0000-4000-8000-000000000000']);
    expect(nowhere.at(-1)).toMatchObject({ leg: 'find the server', outcome: 'failed' });
  });

  it('ends at a libvirt that does not run, or is silent', async () => {
    const uri = `qemu+unix:///system?socket=${join(directory, 'no-socket')}`;
    const [dead] = await legs([{ name: 'a', uri }], []).then((all) =>
      all.filter(({ outcome }) => outcome === 'failed'),
    );
    expect(dead).toMatchObject({
      place: 'hypervisor lv, host a',
      leg: 'connect to libvirt',
      advice: expect.stringContaining('systemctl status'),
    });
    const [plain] = lab.hosts;
    if (!plain) throw new Error('no host');
    lab.signalDaemon('plain', 'SIGSTOP');
    try {
      const [frozen] = (await legs([{ name: 'a', uri: plain.uri }], [])).filter(
        ({ outcome }) => outcome === 'failed',
      );
      expect(frozen).toMatchObject({
        leg: 'connect to libvirt',
        advice: expect.stringContaining('does not answer'),
      });
    } finally {
      lab.signalDaemon('plain', 'SIGCONT');
    }
  });
});
