import { afterEach, expect, test, vi } from 'vitest';
import { FairShare } from '../src/relay/fair-share.js';
import { OwnBufferUpstream } from '../src/relay/own-buffer-upstream.js';
import { Relay } from '../src/relay/relay.js';
import { WebSocketViewer } from '../src/relay/websocket-viewer.js';
import { FrameParser } from '../src/websocket/frame-parser.js';
import { withRig } from './support/console-rig.js';
import { echo, TestUpstream } from './support/upstreams.js';
import { openViewer, until } from './support/viewers.js';

const escaped: unknown[] = [];
const note = (error: unknown) => void escaped.push(error);
process.on('uncaughtException', note).on('unhandledRejection', note);

afterEach(() => {
  vi.restoreAllMocks();
  expect(escaped.splice(0)).toEqual([]);
});

type AnyMethods = Record<string, () => unknown>;
const inside: [string, object, string][] = [
  ['console bytes', Relay.prototype, 'upstreamBytes'],
  ['viewer bytes', Relay.prototype, 'viewerBytes'],
  ['the end of the console', Relay.prototype, 'upstreamEnded'],
  ['the end of the viewer', Relay.prototype, 'viewerEnded'],
  ['the start of a relay', Relay.prototype, 'start'],
  ['sending', WebSocketViewer.prototype, 'send'],
  ['writing', OwnBufferUpstream.prototype, 'write'],
  ['attaching', OwnBufferUpstream.prototype, 'attach'],
  ['parsing', FrameParser.prototype, 'parse'],
  ['sharing', FairShare.prototype, 'spend'],
];

test.each(inside)('a throw in %s ends that session, and nothing else', async (_, target, method) => {
  const upstream = await TestUpstream.start((socket) => {
    echo(socket);
    socket.on('data', (chunk) => {
      if (chunk.toString().includes('end')) socket.end();
    });
  });
  await withRig({}, async (rig) => {
    const console = { type: 'serial', transport: upstream.transport } as const;
    const healthy = await openViewer(rig.url(await rig.token(console)));
    healthy.socket.send('before');
    await healthy.reader.read(6);

    const spy = vi.spyOn(target as AnyMethods, method).mockImplementation(() => {
      throw new Error('injected');
    });
    const victim = await openViewer(rig.url(await rig.token(console)));
    victim.socket.send(method === 'upstreamEnded' ? 'end' : 'hello');
    if (method === 'viewerEnded') victim.socket.close();
    const { code } = await victim.closed;
    expect(spy).toHaveBeenCalled();
    spy.mockRestore();
    if (method !== 'viewerEnded') expect([1006, 1011]).toContain(code);

    await until(() => rig.gateway.counters().sessions === 1);
    await until(() => upstream.sockets[1]?.destroyed === true);
    expect(rig.gateway.counters().faults).toBe(1);
    expect(rig.log.some((line) => line.includes('injected'))).toBe(true);
    healthy.socket.send('after');
    expect((await healthy.reader.read(5)).toString()).toBe('after');
  });
  await upstream.close();
});

test('an audit sink that throws hurts nobody', async () => {
  const upstream = await TestUpstream.start(echo);
  const audit = {
    record: () => {
      throw new Error('disk full');
    },
  };
  await withRig({ audit }, async (rig) => {
    const viewer = await openViewer(
      rig.url(await rig.token({ type: 'serial', transport: upstream.transport })),
    );
    viewer.socket.send('x');
    await viewer.reader.read(1);
    viewer.socket.close();
    await until(() => rig.gateway.counters().sessions === 0);
    expect(rig.log.join()).toContain('disk full');
  });
  await upstream.close();
});
