import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { WebSocket } from 'ws';

const INPUTS_CHANNEL = 3;
// Link header, link message, ticket (SPICE protocol: "Channel link"): lengths in bytes.
const LINK_HEADER = 16;
const TICKET = 4 + 128;

/** A message of the inputs channel, as the page sent it. */
export interface InputMessage {
  readonly type: number;
  readonly body: Buffer;
}

/**
 * A real QEMU guest with a SPICE port and a VNC socket. Its boot sector reads keys through the BIOS, shows each on the screen and writes
 * it to the serial port, which is what `typed` holds.
 */
export class QemuGuest {
  typed = '';
  /** What the page sent on its inputs channels, in order. */
  readonly inputs: InputMessage[] = [];
  readonly #port: number;
  readonly #process: ChildProcess;
  readonly #folder: string;

  private constructor(port: number, process: ChildProcess, folder: string) {
    this.#port = port;
    this.#process = process;
    this.#folder = folder;
    process.stdout?.on('data', (data: Buffer) => {
      this.typed += data.toString('latin1');
    });
  }

  static async start(): Promise<QemuGuest> {
    const folder = mkdtempSync(join(tmpdir(), 'qemu-guest-'));
    const disk = join(folder, 'boot.img');
    writeFileSync(disk, bootSector());
    const port = await freePort();
    const process = spawn('qemu-system-x86_64', [
      ...[
        '-nodefaults',
        '-no-user-config',
        '-display',
        'none',
        '-m',
        '32',
        '-vga',
        'std',
        '-usb',
        '-device',
        'usb-tablet',
      ],
      ...[
        '-drive',
        `file=${disk},format=raw,if=ide,snapshot=on`,
        '-serial',
        'stdio',
        '-monitor',
        `unix:${join(folder, 'monitor')},server,nowait`,
      ],
      ...['-audiodev', 'spice,id=sound', '-device', 'intel-hda', '-device', 'hda-duplex,audiodev=sound'],
      ...[
        '-spice',
        `addr=127.0.0.1,port=${port},disable-ticketing=on`,
        '-vnc',
        `unix:${join(folder, 'vnc')}`,
      ],
    ]);
    const guest = new QemuGuest(port, process, folder);
    await guest.#accepts();
    return guest;
  }

  /** Connects a socket of the page to the guest's SPICE port, as the gateway does. */
  readonly serveSpice = (socket: WebSocket): void => {
    const reader = new InputsReader(this.inputs);
    socket.on('message', (data: Buffer) => reader.push(data));
    relay(socket, connect(this.#port, '127.0.0.1'));
  };

  /** The same for VNC. */
  readonly serveVnc = (socket: WebSocket): void => relay(socket, connect(join(this.#folder, 'vnc')));

  /** Which pointing device the guest uses, as its driver would choose: a boot sector has none. */
  async usePointer(kind: 'mouse' | 'tablet'): Promise<void> {
    // QEMU numbers them as they are made: the PS/2 mouse, then the tablet.
    const monitor = connect(join(this.#folder, 'monitor'));
    monitor.write(`mouse_set ${kind === 'mouse' ? 2 : 3}\n`);
    await new Promise((resolve) => setTimeout(resolve, 300));
    monitor.destroy();
  }

  async stop(): Promise<void> {
    const gone = new Promise((resolve) => this.#process.once('exit', resolve));
    this.#process.kill('SIGKILL');
    await gone;
    rmSync(this.#folder, { recursive: true });
  }

  async #accepts(): Promise<void> {
    for (let attempt = 0; attempt < 100; attempt++) {
      if (this.#process.exitCode !== null) throw new Error('QEMU ended at once');
      const open = await new Promise<boolean>((resolve) => {
        const probe = connect(this.#port, '127.0.0.1', () => resolve(true));
        probe.once('error', () => resolve(false));
        probe.once('connect', () => probe.destroy());
      });
      if (open) return;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error('QEMU does not listen');
  }
}

function relay(socket: WebSocket, upstream: Socket): void {
  const end = (): void => socket.close(4010, 'the console was closed');
  socket.on('message', (data: Buffer) => upstream.write(data));
  socket.on('close', () => upstream.destroy());
  upstream.on('data', (data) => socket.send(data));
  upstream.on('error', end);
  upstream.on('close', end);
}

/** Cuts what a page sends on one socket into messages, if it is the socket of the inputs channel. */
class InputsReader {
  readonly #into: InputMessage[];
  #buffer = Buffer.alloc(0);
  #linked = false;

  constructor(into: InputMessage[]) {
    this.#into = into;
  }

  push(data: Buffer): void {
    this.#buffer = Buffer.concat([this.#buffer, data]);
    if (!this.#linked && !this.#link()) return;
    while (this.#buffer.length >= 6) {
      const end = 6 + this.#buffer.readUInt32LE(2);
      if (this.#buffer.length < end) return;
      this.#into.push({ type: this.#buffer.readUInt16LE(0), body: this.#buffer.subarray(6, end) });
      this.#buffer = this.#buffer.subarray(end);
    }
  }

  #link(): boolean {
    if (this.#buffer.length < LINK_HEADER) return false;
    const end = LINK_HEADER + this.#buffer.readUInt32LE(12) + TICKET;
    if (this.#buffer.length < end) return false;
    const channel = this.#buffer[LINK_HEADER + 4];
    this.#buffer = channel === INPUTS_CHANNEL ? this.#buffer.subarray(end) : Buffer.alloc(0);
    this.#linked = channel === INPUTS_CHANNEL;
    return this.#linked;
  }
}

/** Reads a key (INT 16h), shows it (INT 10h) and writes it to COM1, for ever. */
function bootSector(): Buffer {
  const code = [
    ...[0x31, 0xdb], // xor bx, bx
    ...[0xb4, 0x00, 0xcd, 0x16], // next: mov ah, 0; int 16h
    ...[0xb4, 0x0e, 0xcd, 0x10], // mov ah, 0eh; int 10h
    ...[0xba, 0xf8, 0x03, 0xee], // mov dx, 3f8h; out dx, al
    ...[0xeb, 0xf2], // jmp next
  ];
  const sector = Buffer.alloc(512);
  sector.set(code);
  sector.set([0x55, 0xaa], 510);
  return sector;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
