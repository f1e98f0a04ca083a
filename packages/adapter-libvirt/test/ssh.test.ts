import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import { startLibvirtFixture } from '../../../scripts/fixtures/libvirt-fixture.js';
import { SshdFixture } from '../../../scripts/fixtures/sshd-fixture.js';
import type { LibvirtHypervisor } from '../src/index.js';
import { createLibvirt, serverOf } from './libvirt-adapter.js';
import { openVnc } from './vnc-client.js';

const fixture = await startLibvirtFixture({ name: 'lv-ssh', portBase: 17_700, only: ['vnc'] });
const sshd =
  fixture &&
  (await SshdFixture.start({
    port: 16_950,
    socket: `${fixture.directory}/plain/run/libvirt/libvirt-sock`,
  }).catch(async (error: unknown) => {
    await fixture.stop();
    throw error;
  }));

if (!sshd) await fixture?.stop(); // hooks are skipped with their tests

describe.skipIf(sshd === undefined)('a host by SSH', () => {
  const ssh = sshd as NonNullable<typeof sshd>;
  const id = fixture?.domain('vnc').uuid ?? '';

  async function hypervisorBy(uri: string): Promise<LibvirtHypervisor> {
    const hypervisor = await createLibvirt({ hosts: [{ name: 'far', uri }], timeouts: { call: 2 } });
    onTestFinished(() => hypervisor.close());
    return hypervisor;
  }

  const found = (hypervisor: LibvirtHypervisor): Promise<string | undefined> =>
    hypervisor.findServer(id).then(
      (server) => server?.vmState,
      (error: { code: string }) => error.code,
    );

  it('tells of its servers and their state', async () => {
    const hypervisor = await hypervisorBy(ssh.uri());
    const listed = await hypervisor.listServers();
    const ids = fixture?.domains.filter(({ host }) => host === 'plain').map(({ uuid }) => uuid);
    expect(listed.map((server) => server.id).sort()).toEqual(ids?.sort());
    expect(await hypervisor.findServer(id)).toMatchObject({ id, vmState: 'active' });
    expect(listed.find(({ name }) => name === 'vnc-password')?.vmState).toBe('stopped');
  });

  it('has its displays dialled, since SSH passes no file descriptors', async () => {
    const hypervisor = await hypervisorBy(ssh.uri());
    const connection = await hypervisor.openConsole(await serverOf(hypervisor, id), 'novnc');
    expect(connection.transport).toMatchObject({
      kind: 'tcp',
      port: fixture?.domain('vnc').graphics[0]?.port,
    });
    const { stream, init } = await openVnc(connection, hypervisor);
    onTestFinished(() => void stream.destroy());
    expect(init.name).toBe('QEMU (vnc)');
  });

  it('is unavailable in bounded time when its sshd is killed, and comes back', async () => {
    const hypervisor = await hypervisorBy(ssh.uri());
    expect(await found(hypervisor)).toBe('active');
    await ssh.kill();
    const started = performance.now();
    await expect.poll(() => found(hypervisor), { timeout: 5_000 }).toBe('hypervisor-unavailable');
    expect(performance.now() - started).toBeLessThan(5_000);
    await ssh.restart();
    await expect.poll(() => found(hypervisor), { timeout: 20_000 }).toBe('active');
  });

  it('is not talked to when its host key is another one', async () => {
    const deceived = await hypervisorBy(ssh.uri('another key'));
    await expect(deceived.findServer(id)).rejects.toMatchObject({
      code: 'hypervisor-unavailable',
      cause: { message: expect.stringContaining('Host key verification failed') },
    });
    expect(await found(await hypervisorBy(ssh.uri()))).toBe('active');
  });

  afterAll(async () => {
    await ssh.stop();
    await fixture?.stop();
  });
});
