import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';

/** The most that is read of a viewer at a time. */
const LARGEST_READ = 65_536;

/**
 * What every viewer's socket reads into. One is enough for all: Node calls back at once after each read, and what is
 * to outlive that call is copied. It cannot be given away instead, since the other sockets go on reading into it.
 */
let storage: Buffer | undefined;

/**
 * Makes an accepted socket read into one buffer of ours, as the option `onread` does for sockets that we connect: Node
 * allocates 64 KiB for each read otherwise. It has no such option for accepted ones, so this sets what the option
 * sets. Call it before the socket is resumed.
 *
 * @param take gets bytes to change at will, which are valid only during the call
 * @returns false if this Node works in another way, or the stream is something else: read it by 'data' then
 */
export function shareReads(stream: Duplex, take: (bytes: Buffer) => void): boolean {
  if (!(stream instanceof Socket) || stream.constructor !== Socket) return false;
  const handle: unknown = Reflect.get(stream, '_handle');
  const [buffer, callback] = [ownSymbol(stream, 'kBuffer'), ownSymbol(stream, 'kBufferCb')];
  if (!canUseBuffer(handle) || buffer === undefined || callback === undefined) return false;
  storage ??= Buffer.allocUnsafeSlow(LARGEST_READ);
  const shared = storage;
  const early: Buffer | null = stream.read();
  Reflect.set(stream, buffer, shared);
  Reflect.set(stream, callback, (length: number) => take(shared.subarray(0, length)));
  handle.useUserBuffer(shared);
  if (early !== null) take(early);
  return true;
}

/** As `initSocketHandle` of lib/net.js calls it. */
interface BufferedHandle {
  useUserBuffer(buffer: Uint8Array): void;
}

function canUseBuffer(handle: unknown): handle is BufferedHandle {
  return typeof handle === 'object' && handle !== null && 'useUserBuffer' in handle;
}

/** Property that Node's own code keeps to itself; null where it is not used. */
function ownSymbol(socket: Socket, description: string): symbol | undefined {
  return Object.getOwnPropertySymbols(socket).find(
    (symbol) => symbol.description === description && Reflect.get(socket, symbol) === null,
  );
}
