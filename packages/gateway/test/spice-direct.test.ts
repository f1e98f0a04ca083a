import { Secret } from '@remote-consoles/core';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ConsoleRig, type TestConsole } from './support/console-rig.js';

let rig: ConsoleRig;
beforeEach(async () => {
  rig = await new ConsoleRig().listen();
});
afterEach(() => rig.close());

const DISPLAY: TestConsole = {
  type: 'spice-direct',
  transport: { kind: 'tcp', host: '127.0.0.1', port: 5930 },
  security: { kind: 'spice-ticket', ticket: new Secret('s3cret') },
};

const download = (token: string) => fetch(`http://127.0.0.1:${rig.port}/spice-direct?token=${token}`);

test('a token opens a file for remote-viewer that nobody keeps', async () => {
  const response = await download(await rig.token(DISPLAY));
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toBe('application/x-virt-viewer');
  expect(response.headers.get('content-disposition')).toContain('attachment');
  expect(response.headers.get('cache-control')).toBe('no-store');
  const file = await response.text();
  expect(file).toMatch(/^\[virt-viewer\]\ntype=spice\nhost=127\.0\.0\.1\nport=5930\npassword=s3cret\n/);
});

test('a one-time token gives one file', async () => {
  const token = await rig.token({ ...DISPLAY, oneTime: true });
  expect((await download(token)).status).toBe(200);
  expect((await download(token)).status).toBe(403);
});

test('a token of another type gives none and stays good', async () => {
  const token = await rig.token({ ...DISPLAY, type: 'spice-html5', oneTime: true });
  for (let count = 0; count < 2; count++) {
    const response = await download(token);
    expect(response.status).toBe(401);
    expect(await response.json()).toMatchObject({ error: { code: 'token-invalid' } });
  }
});

test('a display that a viewer cannot dial is refused, and the ticket is in no log', async () => {
  const token = await rig.token({ ...DISPLAY, transport: { kind: 'unix', path: '/run/spice.sock' } });
  expect((await download(token)).status).toBe(502);
  expect((await download('00000000-0000-4000-8000-000000000000')).status).toBe(401);
  expect(JSON.stringify([rig.log, rig.audit])).not.toContain('s3cret');
});
