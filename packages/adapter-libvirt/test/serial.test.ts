import type { Duplex } from 'node:stream';
import type { ServerEvent } from '@remote-consoles/core';
import { Connection } from 'libvirt-ts';
import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import { startLibvirtFixture } from '../../../scripts/fixtures/libvirt-fixture.js';
import type { LibvirtHypervisor } from '../src/index.js';
import { createLibvirt, serverOf } from './libvirt-adapter.js';

const fixture = await startLibvirtFixture({
  name: 'lv-serial',
  portBase: 16_700,
  only: ['vnc', 'serial', 'headless'],
});
const patience = { timeout: 20_000 };

describe.skipIf(fixture === undefined)('serial consoles', () => {
  const fx = fixture as NonNullable<typeof fixture>;
  afterAll(() => fx.stop());

  async function create(
    options: object = {},
    access: 'uri' | 'tcpUri' | 'tlsUri' = 'uri',
  ): Promise<LibvirtHypervisor> {
    const hosts = fx.hosts
      .filter(({ name }) => name === 'plain')
      .map((host) => ({ name: host.name, uri: host[access] }));
    const hypervisor = await createLibvirt({ hosts, ...options });
    onTestFinished(() => hypervisor.close());
    return hypervisor;
  }

  interface Terminal {
    stream: Duplex;
    text: string;
    closed: boolean;
  }

  async function open(hypervisor: LibvirtHypervisor, name: string): Promise<Terminal> {
    const server = await serverOf(hypervisor, fx.domain(name).uuid);
    const { transport, security } = await hypervisor.openConsole(server, 'serial');
    expect(security).toEqual({ kind: 'none' });
    if (transport.kind !== 'hypervisor') throw new Error('not by the adapter');
    const stream = await hypervisor.streams.openStream(transport);
    const terminal: Terminal = { stream, text: '', closed: false };
    stream.on('error', () => {});
    stream.once('close', () => {
      terminal.closed = true;
    });
    stream.on('data', (chunk: Buffer) => {
      terminal.text += chunk.toString('latin1');
    });
    onTestFinished(() => void stream.destroy());
    return terminal;
  }

  /** Types a command until its answer is seen: a guest that still boots does not read. */
  async function ask(terminal: Terminal, question: string, answer: string): Promise<void> {
    await expect
      .poll(
        () => {
          if (!terminal.text.includes(answer)) terminal.stream.write(`\n${question}\n`);
          return terminal.text;
        },
        { ...patience, interval: 500 },
      )
      .toContain(answer);
  }

  async function useDevice(name: string, alias: string): Promise<void> {
    const element = `<server project='p0' serial='${alias}'/>`;
    const metadata = ['metadata', fx.domain(name).uuid, '--uri', 'urn:remote-consoles:server:1', '--live'];
    await fx.virsh('plain', ...metadata, '--key', 'rc', '--set', element);
    onTestFinished(async () => void (await fx.virsh('plain', ...metadata, '--remove')));
  }

  it.each([
    ['serial', undefined, 'ttyS0', 'uri'],
    ['serial', 'serial1', 'ttyS1', 'uri'], // a unix socket
    ['serial', 'console1', 'hvc0', 'uri'], // virtio
    ['serial', '2', 'hvc0', 'uri'], // the same, by its place
    ['vnc', 'serial1', 'ttyS1', 'uri'], // TCP
    ['serial', undefined, 'ttyS0', 'tcpUri'], // a pty, through libvirt's own TCP connection
    ['serial', undefined, 'ttyS0', 'tlsUri'],
    ['vnc', 'serial1', 'ttyS1', 'tcpUri'],
  ] as const)(
    '%s, device %s (%s), by %s: a command is typed and its answer read',
    async (name, alias, tty, access) => {
      if (alias !== undefined) await useDevice(name, alias);
      const terminal = await open(await create({}, access), name);
      await ask(terminal, 'echo $((6*7))-$(tty)', `42-/dev/${tty}`);
      terminal.text = '';
      terminal.stream.write('seq 1 5000\n');
      await expect.poll(() => terminal.text, patience).toContain('\n5000\r\n');
      const numbers = terminal.text.split('\r\n').filter((line) => /^\d+$/.test(line));
      expect(numbers).toEqual(Array.from({ length: 5000 }, (_, index) => String(index + 1)));
    },
  );

  it.each(['serial0', 'serial1'])('refuses a second user, until the first has left: %s', async (alias) => {
    await useDevice('serial', alias);
    const hypervisor = await create();
    const first = await open(hypervisor, 'serial');
    await ask(first, 'echo $((40+2))-first', '42-first');
    await expect(open(hypervisor, 'serial')).rejects.toMatchObject({
      code: 'console-refused',
      message: 'the serial console is in use by somebody else',
    });
    expect(first.closed).toBe(false);
    const [second] = await Promise.all([
      open(hypervisor, 'serial'), // as a page that is reloaded
      new Promise((resolve) => setTimeout(resolve, 300)).then(() => first.stream.destroy()),
    ]);
    await ask(second, 'echo $((40+2))-second', '42-second');
  });

  it('lets one of several in who come at once', async () => {
    const hypervisor = await create();
    const outcomes = await Promise.allSettled([1, 2, 3].map(() => open(hypervisor, 'serial')));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it('refuses a user whom another program keeps out', async () => {
    const connection = await Connection.open(fx.uriOf('plain'));
    onTestFinished(async () => void (await connection.close()));
    const other = await (await connection.lookupByName('serial')).openConsole('serial0', { force: true });
    const hypervisor = await create();
    await expect(open(hypervisor, 'serial')).rejects.toMatchObject({ code: 'console-refused' });
    other.destroy();
    await ask(await open(hypervisor, 'serial'), 'echo $((40+2))', '42');
  });

  it.each(['serial0', 'serial1'])('may be taken over: %s', async (alias) => {
    await useDevice('serial', alias);
    const hypervisor = await create({ serialSecondUser: 'take-over' });
    const first = await open(hypervisor, 'serial');
    await ask(first, 'echo $((40+2))-first', '42-first');
    const second = await open(hypervisor, 'serial');
    await expect.poll(() => first.closed).toBe(true);
    await ask(second, 'echo $((40+2))-second', '42-second');
    expect(first.text).not.toContain('42-second');
  });

  it('may be watched', async () => {
    const hypervisor = await create({ serialSecondUser: 'watch' });
    const user = await open(hypervisor, 'serial');
    const watcher = await open(hypervisor, 'serial');
    watcher.stream.write('\necho $((40+2))-watcher\n');
    await ask(user, 'echo $((40+2))-user', '42-user');
    await expect.poll(() => watcher.text).toContain('42-user');
    expect(user.text).not.toContain('42-watcher');
    user.stream.destroy();
    await expect.poll(() => watcher.closed).toBe(true);
  });

  it('goes on when the guest reboots', { timeout: 120_000 }, async () => {
    const hypervisor = await create();
    const events: ServerEvent[] = [];
    hypervisor.watch((event) => events.push(event));
    const terminal = await open(hypervisor, 'serial');
    await ask(terminal, 'echo $((40+2))-before', '42-before');
    terminal.text = '';
    terminal.stream.write('reboot -f\n');
    // a whole boot on an emulated processor
    await expect.poll(() => terminal.text, { timeout: 60_000 }).toContain('GUEST-READY ttyS0');
    await ask(terminal, 'echo $((40+2))-after', '42-after');
    expect(terminal.closed).toBe(false);
    expect(events).toEqual([]);
  });

  it('ends when the server does', async () => {
    const hypervisor = await create();
    const terminal = await open(hypervisor, 'serial');
    await ask(terminal, 'echo $((40+2))', '42');
    await fx.virsh('plain', 'destroy', 'serial');
    onTestFinished(async () => void (await fx.virsh('plain', 'start', 'serial')));
    await expect.poll(() => terminal.closed).toBe(true);
  });

  it('leave a log, where one is configured', async () => {
    const hypervisor = await create();
    const read = async (name: string) =>
      hypervisor.output.readOutput(await serverOf(hypervisor, fx.domain(name).uuid));
    await expect.poll(() => read('serial'), patience).toContain('GUEST-READY');
    await expect(read('vnc')).rejects.toMatchObject({ code: 'console-output-unavailable' });
    await expect(read('headless')).rejects.toMatchObject({ code: 'console-output-unavailable' });
  });
});
