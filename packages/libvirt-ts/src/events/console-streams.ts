import { closeSync } from 'node:fs';
import type { CallArguments } from '../calls/calls.js';
import { withDomain } from '../calls/domain-handle.js';
import { checkPointer, checkStatus, lastError } from '../calls/last-error.js';
import { connectionError } from '../libvirt-error.js';
import type { Libvirt } from '../native/libvirt.js';
import { NULL, type Pointer } from '../native/native-library.js';
import { ConsoleStream } from './console-stream.js';

const streamNonBlocking = 1; // VIR_STREAM_NONBLOCK
const consoleForce = 1; // VIR_DOMAIN_CONSOLE_FORCE
const consoleSafe = 2; // VIR_DOMAIN_CONSOLE_SAFE
const readable = 1;
const errorOrHangUp = 4 | 8;

const unixSockets = 1; // AF_UNIX
const nonBlockingCloexecStream = 1 | 0x800 | 0x80000; // SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC on Linux

/** The open console streams. Used on the event loop's thread only. */
export class ConsoleStreams {
  readonly #libvirt: Libvirt;
  readonly #open = new Map<number, ConsoleStream>();
  readonly #onStream: Pointer;
  readonly #onSocket: Pointer;
  #nextKey = 1;

  constructor(libvirt: Libvirt) {
    this.#libvirt = libvirt;
    // (stream, int events, opaque) and (int watch, int fd, int events, opaque); opaque is the key
    this.#onStream = libvirt.native.callback(
      'void',
      ['pointer', 'int', 'pointer'],
      (_stream, events = 0, key = 0) => {
        this.#open.get(key)?.onStream(events);
        return undefined;
      },
    );
    this.#onSocket = libvirt.native.callback(
      'void',
      ['int', 'int', 'int', 'pointer'],
      (_watch, _fd, events = 0, key = 0) => {
        this.#open.get(key)?.onSocket(events);
        return undefined;
      },
    );
  }

  /** Opens a console and gives the file descriptor of a socket that carries its bytes. */
  open(connection: Pointer, { uuid, device, force }: CallArguments<'openConsole'>): number {
    const stream = this.#openStream(connection, uuid, device, force ? consoleForce : consoleSafe);
    const undo: (() => void)[] = [() => this.#libvirt.functions.virStreamAbort(stream)];
    try {
      const [ours, theirs] = this.#socketPair();
      undo.push(
        () => closeSync(ours),
        () => closeSync(theirs),
      );
      this.#carry(connection, stream, ours, undo);
      return theirs;
    } catch (error) {
      for (const step of undo.reverse()) step();
      this.#libvirt.functions.virStreamFree(stream);
      throw error;
    }
  }

  /** Frees the streams that have ended since the last time. */
  sweep(): void {
    for (const [key, stream] of this.#open) if (stream.ended) this.#close(key, stream);
  }

  closeAll(connection: Pointer): void {
    for (const [key, stream] of this.#open) if (stream.connection === connection) this.#close(key, stream);
  }

  #close(key: number, stream: ConsoleStream): void {
    this.#open.delete(key);
    stream.close();
  }

  #openStream(connection: Pointer, uuid: string, device: string | null, flags: number): Pointer {
    const { functions } = this.#libvirt;
    return withDomain(this.#libvirt, connection, uuid, (domain) => {
      const stream = checkPointer(
        this.#libvirt,
        'virStreamNew',
        functions.virStreamNew(connection, streamNonBlocking),
      );
      if (functions.virDomainOpenConsole(domain, device, stream, flags) === 0) return stream;
      const error = lastError(this.#libvirt, 'virDomainOpenConsole');
      functions.virStreamFree(stream);
      throw error;
    });
  }

  #socketPair(): [ours: number, theirs: number] {
    const pair = new Int32Array(2);
    const status = this.#libvirt.libc.socketpair(
      unixSockets,
      nonBlockingCloexecStream,
      0,
      new Uint8Array(pair.buffer),
    );
    const [ours, theirs] = pair;
    if (status !== 0 || ours === undefined || theirs === undefined) {
      throw connectionError('socketpair', 'no socket for the console: too many open files?');
    }
    return [ours, theirs];
  }

  #carry(connection: Pointer, stream: Pointer, socket: number, undo: (() => void)[]): void {
    const { functions } = this.#libvirt;
    const key = this.#nextKey++;
    const opaque = key as Pointer;
    const watch = functions.virEventAddHandle(socket, readable, this.#onSocket, opaque, NULL);
    checkStatus(this.#libvirt, 'virEventAddHandle', watch);
    undo.push(() => functions.virEventRemoveHandle(watch));
    const added = functions.virStreamEventAddCallback(
      stream,
      readable | errorOrHangUp,
      this.#onStream,
      opaque,
      NULL,
    );
    checkStatus(this.#libvirt, 'virStreamEventAddCallback', added);
    this.#open.set(key, new ConsoleStream(this.#libvirt, connection, stream, socket, watch));
  }
}
