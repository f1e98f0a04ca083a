import { setTimeout as delay } from 'node:timers/promises';
import type { ServerEvent } from '@remote-consoles/core';
import { afterAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { startLibvirtFixture } from '../../../scripts/fixtures/libvirt-fixture.js';
import type { LibvirtHypervisor } from '../src/index.js';
import { createLibvirt, serverOf } from './libvirt-adapter.js';

const fixture = await startLibvirtFixture({
  name: 'lv-control',
  portBase: 16_800,
  only: ['vnc', 'vnc-socket', 'headless'],
});

/** Linux input codes of a US keyboard. */
const codes: Readonly<Record<string, number[]>> = {
  '\n': [28],
  ' ': [57],
  '>': [42, 52],
  '/': [53],
  c: [46],
  d: [32],
  e: [18],
  h: [35],
  k: [37],
  o: [24],
  s: [31],
  t: [20],
  v: [47],
  y: [21],
  S: [42, 31],
  '0': [11],
};

describe.skipIf(fixture === undefined)('past the console', () => {
  const fx = fixture as NonNullable<typeof fixture>;
  let hypervisor: LibvirtHypervisor;
  afterAll(() => fx.stop());
  beforeEach(async () => {
    hypervisor = await createLibvirt({ hosts: [{ name: 'plain', uri: fx.uriOf('plain') }] });
    onTestFinished(() => hypervisor.close());
  });
  const server = (name: string) => serverOf(hypervisor, fx.domain(name).uuid);

  it('a picture of a screen is a PNG of its size', async () => {
    const { mediaType, data } = await hypervisor.screenshots.takeScreenshot(await server('vnc'));
    expect(mediaType).toBe('image/png');
    const png = Buffer.from(data);
    expect(png.toString('latin1', 1, 4)).toBe('PNG');
    expect(png.readUInt32BE(16)).toBeGreaterThanOrEqual(640);
    expect(png.readUInt32BE(20)).toBeGreaterThanOrEqual(400);
  });

  it('there is no picture without a screen, nor of a server that is off', async () => {
    await expect(hypervisor.screenshots.takeScreenshot(await server('headless'))).rejects.toMatchObject({
      code: 'console-type-unavailable',
    });
    await expect(hypervisor.screenshots.takeScreenshot(await server('stopped'))).rejects.toMatchObject({
      code: 'server-state-invalid',
    });
    const gone = { ...(await server('vnc')), id: '00000000-0000-4000-8000-00000000ffff' };
    await expect(hypervisor.screenshots.takeScreenshot(gone)).rejects.toMatchObject({
      code: 'server-not-found',
    });
  });

  it('keys reach the guest', async () => {
    const vnc = await server('vnc');
    const { transport } = await hypervisor.openConsole(vnc, 'serial');
    if (transport.kind !== 'hypervisor') throw new Error('no serial console');
    const serial = await hypervisor.streams.openStream(transport);
    onTestFinished(() => void serial.destroy());
    let printed = '';
    serial.on('data', (chunk: Buffer) => {
      printed += chunk.toString('latin1');
    });
    const end = performance.now() + 30_000;
    while (!printed.includes('keys') && performance.now() < end) {
      for (const character of '\necho keys > /dev/ttyS0\n') {
        await hypervisor.keys.sendKeys(vnc, codes[character] ?? []);
        await delay(120);
      }
      await delay(500);
    }
    expect(printed).toContain('keys');
  });

  it.each([[[]], [[0]], [[768]], [[1.5]], [Array(17).fill(30)]])(
    'keys that are none are refused: %j',
    async (keys) => {
      await expect(hypervisor.keys.sendKeys(await server('vnc'), keys)).rejects.toThrow(RangeError);
    },
  );

  it('power is changed, and not where the state does not allow it', async () => {
    const events: ServerEvent['kind'][] = [];
    hypervisor.watch(({ kind }) => events.push(kind));
    const { power } = hypervisor;
    const now = async () => (await server('vnc-socket')).vmState;
    const target = await server('vnc-socket');
    await power.changePower(target, 'pause');
    expect(await now()).toBe('paused');
    await power.changePower(target, 'unpause');
    await power.changePower(target, 'reset');
    expect(await now()).toBe('active');
    expect(events).toEqual([]);
    await expect(power.changePower(target, 'start')).rejects.toMatchObject({ code: 'server-state-invalid' });
    await power.changePower(target, 'shutdown'); // its BIOS does not listen
    expect(await now()).toBe('active');
    await power.changePower(target, 'stop');
    expect(await now()).toBe('stopped');
    await expect.poll(() => events).toEqual(['stopped']);
    await expect(power.changePower(target, 'stop')).rejects.toMatchObject({ code: 'server-state-invalid' });
    await power.changePower(target, 'start');
    expect(await now()).toBe('active');
  });
});
