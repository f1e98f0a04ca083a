import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** A daemon that accepts connections and never says a word, as a frozen one does. */
export async function silentDaemon(): Promise<{ uri: string; hangUp(): void }> {
  const directory = mkdtempSync(join(tmpdir(), 'libvirt-ts-'));
  const path = join(directory, 'sock');
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  const hangUp = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  onTestFinished(() => {
    hangUp();
    server.close();
    rmSync(directory, { recursive: true, force: true });
  });
  return { uri: `qemu+unix:///session?socket=${path}`, hangUp };
}
