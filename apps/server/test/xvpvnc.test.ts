import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ApiClient } from './api-client.js';
import { type RunningProgram, runServerProgram } from './run-server.js';

const run = promisify(execFile);
const ADDRESS = '127.0.0.1:18777';
const TUNNEL_PORT = 18_778;
const member = new ApiClient(`http://${ADDRESS}`, 'demo-member');

function hasViewer(): boolean {
  if (existsSync('/usr/bin/vncsnapshot')) return true;
  if (process.env['CI'] === 'true')
    throw new Error('vncsnapshot is needed: install Debian’s package of that name');
  console.warn('\n*** SKIPPED: a native viewer through xvpvnc. There is no vncsnapshot. ***\n');
  return false;
}

describe.skipIf(!hasViewer())('a native viewer behind a tunnel', () => {
  let demo: RunningProgram;
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'xvpvnc-'));
    demo = await runServerProgram(['demo', '--listen', ADDRESS], 'Stop with Ctrl-C');
  });
  afterAll(async () => {
    await demo.stop();
    await rm(folder, { recursive: true });
  });

  const openTunnel = (url: string) =>
    runServerProgram(['tunnel', '--listen', `127.0.0.1:${TUNNEL_PORT}`], 'point your', {}, `${url}\n`);
  const takePicture = (file: string) =>
    run('vncsnapshot', ['-quiet', `127.0.0.1::${TUNNEL_PORT}`, file], { timeout: 20_000 });

  it('sees the machine’s screen', async () => {
    const url = await member.consoleUrl(await member.serverId('demo-vnc'), 'vnc', 'xvpvnc');
    const tunnel = await openTunnel(url);
    const picture = join(folder, 'screen.jpg');
    await takePicture(picture);
    await tunnel.stop();
    const jpeg = await readFile(picture);
    // A JPEG of 1024 × 768: its frame header holds both (ITU T.81 §B.2.2).
    const frame = jpeg.indexOf(Buffer.of(0xff, 0xc0));
    expect([jpeg.readUInt16BE(frame + 7), jpeg.readUInt16BE(frame + 5)]).toEqual([1024, 768]);
    expect(jpeg.length).toBeGreaterThan(10_000);
    expect(tunnel.output()).not.toContain('token=');
  });

  it('is told why it is turned away', async () => {
    const tunnel = await openTunnel(`http://${ADDRESS}/console?token=00000000-0000-4000-8000-000000000000`);
    await expect(takePicture(join(folder, 'none.jpg'))).rejects.toThrow();
    expect((await tunnel.stop()).stderr).toContain('ask for a new one');
  });
});
