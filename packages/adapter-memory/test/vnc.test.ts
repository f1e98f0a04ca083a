import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Secret } from '@remote-consoles/core';
import { BGRX, Encoding } from '@remote-consoles/rfb';
import { afterEach, describe, expect, it } from 'vitest';
import type { MemoryHypervisor } from '../src/index.js';
import type { Picture } from '../src/picture/picture.js';
import { textFont, titleFont } from '../src/picture/theme.js';
import { decodePng } from './support/decode-png.js';
import { open, SERVER_ID, tcpPort, withConsoles } from './support/memory-hypervisor.js';
import { readRows, readText } from './support/read-text.js';
import { until, VncClient } from './support/vnc-client.js';

const running: MemoryHypervisor[] = [];
const clients: VncClient[] = [];

async function hypervisor(vnc: unknown = 'live'): Promise<MemoryHypervisor> {
  const started = await withConsoles({ vnc });
  running.push(started);
  return started;
}

async function viewer(of: MemoryHypervisor): Promise<VncClient> {
  const client = await VncClient.open(await open(of, 'novnc'));
  clients.push(client);
  return client;
}

afterEach(async () => {
  for (const client of clients.splice(0)) client.close();
  for (const started of running.splice(0)) await started.close();
});

const name = (picture: Picture) => readText(picture, titleFont, 24, 16, 4);
const terminal = (picture: Picture) => readRows(picture, textFont, 38, 102, 60, 34).join('\n');
const footer = (picture: Picture, length: number) =>
  readText(picture, textFont, 24, picture.height - 29, length);

describe('the live VNC console', () => {
  it('shows the machine, what is typed and where it is clicked, in Raw', async () => {
    const client = await viewer(await hypervisor());
    expect(client.init).toMatchObject({ width: 1024, height: 768, name: 'demo' });
    await client.refresh(false);
    expect(name(client.picture)).toBe('demo');
    expect(client.rectangles.every(({ encoding }) => encoding === Encoding.raw)).toBe(true);
    client.type('echo typed "through" VNC\n');
    await client.see(() => terminal(client.picture).includes('\ntyped through VNC'));
    client.send({ type: 'pointer-event', buttons: 1, x: 321, y: 123 });
    await client.see(() => footer(client.picture, 22) === 'left click at 321, 123');
  });

  it('shows the same in Tight, in far fewer bytes', async () => {
    const started = await hypervisor();
    const [raw, tight] = [await viewer(started), await viewer(started)];
    tight.send({ type: 'set-encodings', encodings: [Encoding.tight, Encoding.raw, Encoding.cursor] });
    raw.send({ type: 'set-encodings', encodings: [Encoding.cursor] });
    const before = { raw: raw.bytes, tight: tight.bytes };
    for (const client of [raw, tight]) await client.see(() => name(client.picture) === 'demo');
    expect(tight.rectangles.every(({ encoding }) => encoding === Encoding.tight)).toBe(true);
    expect((tight.bytes - before.tight) * 20).toBeLessThan(raw.bytes - before.raw);
    const unlike = terminalPixels(raw.picture).findIndex(
      (pixel, i) => pixel !== terminalPixels(tight.picture)[i],
    );
    expect(unlike).toBe(-1);
  });

  it('ticks: the clock moves while somebody looks, and little else is sent', async () => {
    const client = await viewer(await hypervisor());
    const clock = () => readText(client.picture, titleFont, 1024 - 24 - 8 * 17, 16, 8);
    await client.refresh(false);
    await client.refresh();
    const first = clock();
    expect(first).toMatch(/^\d\d:\d\d:\d\d$/);
    await client.see(() => clock() !== first);
    for (const { y, height } of client.rectangles) expect(y + height).toBeLessThanOrEqual(64);
  });

  it('sends nothing that was not asked for', async () => {
    const client = await viewer(await hypervisor());
    await client.refresh(false);
    const { bytes } = client;
    client.type('date\n');
    await sleep(1300);
    expect(client.bytes).toBe(bytes);
    await client.refresh();
    expect(client.bytes).toBeGreaterThan(bytes);
  });

  it('answers an incremental request only when something has changed', async () => {
    const client = await viewer(await hypervisor());
    client.send({
      type: 'framebuffer-update-request',
      incremental: false,
      x: 0,
      y: 0,
      width: 1024,
      height: 768,
    });
    await until(() => client.updates === 1);
    // The footer does not change by itself, unlike the clock.
    client.send({
      type: 'framebuffer-update-request',
      incremental: true,
      x: 0,
      y: 740,
      width: 400,
      height: 20,
    });
    await sleep(1300);
    expect(client.updates).toBe(1);
    client.send({ type: 'pointer-event', buttons: 4, x: 5, y: 5 });
    await until(() => client.updates === 2);
    expect(footer(client.picture, 19)).toBe('right click at 5, 5');
  });

  it('is shared: everybody sees what anybody types', async () => {
    const started = await hypervisor();
    const [one, two] = [await viewer(started), await viewer(started)];
    await one.refresh(false);
    one.type('echo from one\n');
    await two.see(() => terminal(two.picture).includes('\nfrom one'));
    two.type('echo from two\n');
    await one.see(() => terminal(one.picture).includes('\nfrom two'));
    const viewers = (count: number) =>
      readText(one.picture, textFont, 1024 - 24 - 20 * 9, 739, 20).includes(`${count} viewer`);
    await one.see(() => viewers(2));
    two.close();
    await one.see(() => viewers(1));
  });

  it('takes another size, and tells everybody who can be told', async () => {
    const started = await hypervisor();
    const [one, two, old] = [await viewer(started), await viewer(started), await viewer(started)];
    one.send({ type: 'set-encodings', encodings: [Encoding.raw, Encoding.extendedDesktopSize] });
    two.send({ type: 'set-encodings', encodings: [Encoding.raw, Encoding.desktopSize] });
    await one.refresh(false);
    expect(one.rectangles[0]).toMatchObject({
      encoding: Encoding.extendedDesktopSize,
      x: 0,
      y: 0,
      width: 1024,
    });
    await two.refresh(false);
    await old.refresh(false);
    const screens = [{ id: 1, x: 0, y: 0, width: 800, height: 600, flags: 0 }];
    one.send({ type: 'set-desktop-size', width: 800, height: 600, screens });
    await one.see(() => one.picture.width === 800);
    expect(one.rectangles).toMatchObject([
      { encoding: Encoding.extendedDesktopSize, x: 1, y: 0, height: 600 },
    ]);
    await two.see(() => two.picture.width === 800);
    await one.see(() => name(one.picture) === 'demo');
    await two.see(() => name(two.picture) === 'demo');
    await old.refresh();
    expect(old.rectangles.every(({ x, y, width, height }) => x + width <= 800 && y + height <= 600)).toBe(
      true,
    );
    one.send({ type: 'set-desktop-size', width: 9000, height: 9000, screens });
    await one.see(() => one.rectangles[0]?.encoding === Encoding.extendedDesktopSize);
    expect(one.rectangles).toMatchObject([{ x: 1, y: 3, width: 800, height: 600 }]);
  });

  it('gives the pointer to clients that draw it, and draws it for the others', async () => {
    const started = await hypervisor();
    const [drawing, plain] = [await viewer(started), await viewer(started)];
    drawing.send({
      type: 'set-encodings',
      encodings: [Encoding.raw, Encoding.cursor, Encoding.qemuExtendedKeyEvent],
    });
    await drawing.refresh(false);
    expect(drawing.rectangles.map(({ encoding }) => encoding)).toEqual([
      Encoding.cursor,
      Encoding.qemuExtendedKeyEvent,
    ]);
    drawing.send({ type: 'pointer-event', buttons: 0, x: 600, y: 700 });
    await plain.see(() => plain.picture.pixels[702 * 1024 + 601] === 0xf2f6fa);
    await drawing.refresh(false);
    expect(drawing.picture.pixels[702 * 1024 + 601]).not.toBe(0xf2f6fa);
    drawing.send({ type: 'pointer-event', buttons: 0, x: 100, y: 700 });
    await plain.see(() => plain.picture.pixels[702 * 1024 + 601] !== 0xf2f6fa);
  });

  it('takes QEMU key events and any true-colour format', async () => {
    const client = await viewer(await hypervisor());
    const rgb565 = {
      ...BGRX,
      bitsPerPixel: 16,
      depth: 16,
      redMax: 31,
      greenMax: 63,
      blueMax: 31,
      redShift: 11,
      greenShift: 5,
    } as const;
    client.send({ type: 'set-pixel-format', pixelFormat: rgb565 });
    await client.refresh(false);
    expect(name(client.picture)).toBe('demo');
    for (const keysym of [0x70, 0x73, 0xff0d])
      client.send({ type: 'qemu-key-event', down: true, keysym, keycode: 1 });
    await client.see(() => terminal(client.picture).includes('systemd-journald'));
  });

  it.each([
    ['none', undefined],
    ['vnc', 'secret'],
    ['x509none', undefined],
    ['x509vnc', 'secret'],
  ])('lets in who does what %s demands', async (security, password) => {
    const started = await hypervisor({ security, password });
    const client = await viewer(started);
    expect(client.security).toBe(security);
    await client.refresh(false);
    expect(name(client.picture)).toBe('demo');
  });

  it('lets in nobody with a wrong password, nor in the clear where TLS is demanded', async () => {
    const guarded = await open(await hypervisor({ security: 'vnc', password: 'secret' }), 'novnc');
    const wrong = { ...guarded, security: { kind: 'rfb', password: new Secret('Secret') } } as const;
    await expect(VncClient.open(wrong)).rejects.toMatchObject({
      code: 'authentication-failed',
      reason: 'Authentication failed',
    });
    const encrypted = await open(await hypervisor({ security: 'x509none' }), 'novnc');
    await expect(VncClient.open({ ...encrypted, security: { kind: 'rfb' } })).rejects.toMatchObject({
      code: 'no-common-security',
    });
  });

  it('draws no more for a client that asks and does not read', async () => {
    const started = await hypervisor();
    const [client, other] = [await viewer(started), await viewer(started)];
    await other.refresh(false);
    const memory = () => process.memoryUsage().external + process.memoryUsage().rss;
    const before = memory();
    client.stream.pause();
    for (let i = 0; i < 100; i++) {
      client.ask(false);
      await sleep(2);
    }
    // A picture is three MiB: a hundred of them would be seen.
    expect(memory() - before).toBeLessThan(60 * 1024 * 1024);
    other.type('date\n');
    await other.see(() => terminal(other.picture).includes('UTC'));
    client.stream.resume();
    await until(() => client.updates > 0);
    await client.see(() => terminal(client.picture).includes('UTC'));
  });

  it.each([
    ['an HTTP request', 'GET / HTTP/1.1\r\n\r\n'],
    ['an unknown message', 'RFB 003.008\n\u0001\u0001\u0063'],
    ['a colour map', `RFB 003.008\n\u0001\u0001\u0000\u0000\u0000\u0000\u0008\u0008${'\u0000'.repeat(14)}`],
  ])('cuts off who sends %s', async (_, text) => {
    const socket = connect(tcpPort(await open(await hypervisor(), 'novnc')), '127.0.0.1');
    socket.write(text);
    socket.resume();
    await once(socket, 'close');
  });

  it('ends every console when the machine stops, and has none until it starts', async () => {
    const started = await hypervisor();
    const client = await viewer(started);
    const closed = once(client.stream, 'close');
    await started.stop(client.init.name === 'demo' ? '1f0c7a52-0000-4000-8000-000000000001' : '');
    await closed;
    await expect(open(started, 'novnc')).rejects.toMatchObject({ code: 'server-state-invalid' });
    started.start('1f0c7a52-0000-4000-8000-000000000001');
    const again = await viewer(started);
    await again.see(() => terminal(again.picture).includes('demo login'));
  });
});

/** The picture without header and footer, which change by themselves. */
function terminalPixels({ width, height, pixels }: Picture): Uint32Array {
  return pixels.subarray(90 * width, (height - 40) * width);
}

describe('a picture of the screen', () => {
  async function shoot(of: MemoryHypervisor): Promise<Picture> {
    const server = await of.findServer(SERVER_ID);
    if (!server) throw new Error('no server');
    const { mediaType, data } = await of.screenshots.takeScreenshot(server);
    expect(mediaType).toBe('image/png');
    return decodePng(data);
  }

  it('is a PNG of what the machine shows, whether or not anybody has looked before', async () => {
    const picture = await shoot(await hypervisor({ width: 800, height: 600 }));
    expect(picture).toMatchObject({ width: 800, height: 600 });
    expect(name(picture)).toBe('demo');
    expect(footer(picture, 10)).toMatch(/\S/);
  });

  it('is what a viewer sees, who misses nothing of it', async () => {
    const started = await hypervisor();
    const client = await viewer(started);
    await client.refresh(false);
    client.type('echo seen by both\n');
    await expect.poll(async () => terminal(await shoot(started))).toContain('\nseen by both');
    await client.see(() => terminal(client.picture).includes('\nseen by both'));
  });

  it('is as old as its taking, though nobody watches', async () => {
    const started = await hypervisor();
    const clock = async () => readText(await shoot(started), titleFont, 1024 - 24 - 8 * 17, 16, 8);
    const first = await clock();
    await expect.poll(clock, { timeout: 3000 }).not.toBe(first);
  });

  it('is there of an MKS screen, and not of a machine without a screen or one that is off', async () => {
    const refusal = async (consoles: unknown, change = {}) => {
      const started = await withConsoles(consoles);
      running.push(started);
      started.change(SERVER_ID, change);
      return shoot(started).then(
        (picture) => name(picture),
        (error: { code: string }) => error.code,
      );
    };
    expect(await refusal({ mks: 'live' })).toBe('demo');
    expect(await refusal({ serial: 'live' })).toBe('console-type-unavailable');
    expect(await refusal({ vnc: { host: '192.0.2.1' } })).toBe('console-type-unavailable');
    expect(await refusal({ vnc: 'live' }, { vmState: 'stopped' })).toBe('server-state-invalid');
  });
});
