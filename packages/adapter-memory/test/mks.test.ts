import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { createWebSocketStream, WebSocket } from 'ws';
import type { MemoryHypervisor } from '../src/index.js';
import { textFont, titleFont } from '../src/picture/theme.js';
import { open, withConsoles } from './support/memory-hypervisor.js';
import { readRows, readText } from './support/read-text.js';
import { VncClient } from './support/vnc-client.js';

let hypervisor: MemoryHypervisor | undefined;

async function address(): Promise<string> {
  hypervisor ??= await withConsoles({ vnc: 'live', mks: 'live' });
  const { transport, connectInfo } = await open(hypervisor, 'webmks');
  if (transport.kind !== 'websocket') throw new Error(`${transport.kind} is no WebSocket`);
  // What is shown of a console must not let anybody in.
  expect(JSON.stringify(connectInfo)).not.toContain('ticket');
  return transport.url;
}

/** The status of a refusal, or 101. */
async function knock(url: string, protocols: string[] = ['binary']): Promise<number> {
  const webSocket = new WebSocket(url, protocols);
  webSocket.on('error', () => {});
  const status = await Promise.race([
    once(webSocket, 'open').then(() => 101),
    once(webSocket, 'unexpected-response').then(([, response]) => response.statusCode as number),
  ]);
  webSocket.terminate();
  return status;
}

afterEach(async () => {
  await hypervisor?.close();
  hypervisor = undefined;
});

describe('the live MKS console', () => {
  it('is the same screen behind a ticket', async () => {
    const webSocket = new WebSocket(await address(), ['binary']);
    const stream = createWebSocketStream(webSocket);
    if (!hypervisor) throw new Error('no hypervisor');
    const connection = await open(hypervisor, 'webmks');
    // Nothing but the ticket stands between the viewer and the console, so the gateway does nothing more.
    expect(connection.security).toEqual({ kind: 'none' });
    const client = await VncClient.over(stream, { ...connection, security: { kind: 'rfb' } });
    expect(webSocket.protocol).toBe('binary');
    await client.refresh(false);
    expect(readText(client.picture, titleFont, 24, 16, 4)).toBe('demo');
    const vnc = await VncClient.open(await open(hypervisor, 'novnc'));
    vnc.type('echo seen on both\n');
    await client.see(() => readRows(client.picture, textFont, 38, 102, 40, 34).includes('seen on both'));
    client.close();
    vnc.close();
  });

  it('lets one connection in for each ticket', async () => {
    const url = await address();
    expect(await knock(url)).toBe(101);
    expect(await knock(url)).toBe(404);
    expect(await knock(await address())).toBe(101);
  });

  it('refuses made-up tickets and other paths, and does not waste a ticket on a wrong subprotocol', async () => {
    const url = await address();
    expect(await knock(url.replace(/[^/]*$/, '00000000-0000-4000-8000-000000000000'))).toBe(404);
    expect(await knock(url.replace('/ticket/', '/'))).toBe(404);
    expect(await knock(url, ['chat'])).toBe(400);
    expect(await knock(url)).toBe(101);
    expect((await fetch(url.replace('ws:', 'http:'))).status).toBe(404);
  });

  it('forgets its tickets when the machine stops', async () => {
    const url = await address();
    await hypervisor?.stop('1f0c7a52-0000-4000-8000-000000000001');
    await expect(fetch(url.replace('ws:', 'http:'))).rejects.toThrow();
  });
});
