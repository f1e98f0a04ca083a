import { type ChildProcess, spawn } from 'node:child_process';
import { constants, createPublicKey, publicEncrypt } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { connect } from 'node:net';
import { Secret } from '@remote-consoles/core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ConsoleRig } from './support/console-rig.js';
import { openViewer } from './support/viewers.js';

const QEMU = '/usr/bin/qemu-system-x86_64';
const PORT = 18_595;
const TICKET = 's3cret-ticket';

function hasQemu(): boolean {
  if (existsSync(QEMU)) return true;
  if (process.env['CI'] === 'true') throw new Error(`${QEMU} is needed: install Debian's qemu-system-x86`);
  console.warn(`\n*** SKIPPED: tickets of a real SPICE display. There is no ${QEMU}. ***\n`);
  return false;
}

const u32 = (...values: number[]) => Buffer.from(Uint32Array.from(values).buffer);

describe.skipIf(!hasQemu())('a SPICE display of QEMU that asks for a ticket', () => {
  let qemu: ChildProcess;
  let rig: ConsoleRig;

  beforeAll(async () => {
    const spice = `addr=127.0.0.1,port=${PORT},password-secret=ticket`;
    const secret = `secret,id=ticket,data=${TICKET}`;
    const machine = ['-machine', 'none', '-nodefaults', '-display', 'none'];
    qemu = spawn(QEMU, [...machine, '-object', secret, '-spice', spice], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    await listening(PORT);
    rig = await new ConsoleRig().listen();
  });
  afterAll(async () => {
    await rig.close();
    const exit = once(qemu, 'exit');
    qemu.kill();
    await exit;
  });

  /** Links the main channel as a viewer does that knows no ticket; the display's verdict. */
  async function link(ticket: string): Promise<number> {
    const viewer = await openViewer(
      rig.url(
        await rig.token({
          type: 'spice-html5',
          transport: { kind: 'tcp', host: '127.0.0.1', port: PORT },
          security: { kind: 'spice-ticket', ticket: new Secret(ticket) },
        }),
      ),
    );
    const body = Buffer.concat([u32(0), Buffer.of(1, 0), u32(1, 0, 18), u32(0b1001)]);
    viewer.socket.send(Buffer.concat([Buffer.from('REDQ'), u32(2, 2, body.length), body]));
    const size = (await viewer.reader.read(16)).readUInt32LE(12);
    const reply = await viewer.reader.read(size);
    const key = createPublicKey({ key: reply.subarray(4, 166), format: 'der', type: 'spki' });
    const oaep = { key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha1' };
    viewer.socket.send(Buffer.concat([u32(1), publicEncrypt(oaep, Buffer.of(0))]));
    const verdict = (await viewer.reader.read(4)).readUInt32LE(0);
    viewer.socket.close();
    return verdict;
  }

  test('lets in a viewer that does not know it', async () => {
    expect(await link(TICKET)).toBe(0);
    expect(rig.audit).toContainEqual(
      expect.objectContaining({ action: 'console.open', security: 'spice-ticket' }),
    );
  });

  test('refuses a wrong one', async () => {
    expect(await link('wrong')).toBe(7);
    expect(JSON.stringify([rig.audit, rig.log])).not.toContain(TICKET);
  });

  test('is not asked with a ticket that SPICE has no room for', async () => {
    await expect(link('x'.repeat(61))).rejects.toThrow('502');
  });
});

async function listening(port: number): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt++) {
    const socket = connect(port, '127.0.0.1');
    const opened = await Promise.race([once(socket, 'connect'), once(socket, 'error')]).then(
      () => socket.readyState === 'open',
      () => false,
    );
    socket.destroy();
    if (opened) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`QEMU does not listen on port ${port}`);
}
