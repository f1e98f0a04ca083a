import { RfbError } from './rfb-error.js';

const SMALLEST_CAPACITY = 256;

/**
 * Bytes that have arrived and are not read yet. It copies what it is given, holds at most `limit` bytes,
 * and never allocates by a length that a peer announced.
 */
export class InputBuffer {
  readonly #limit: number;
  #storage = new Uint8Array(0);
  #view = new DataView(this.#storage.buffer);
  #start = 0;
  #end = 0;

  /** @param limit most bytes held at once */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Bytes held. */
  get length(): number {
    return this.#end - this.#start;
  }

  /** Adds a copy of the bytes. Throws `too-long` when more than the limit would be held. */
  push(bytes: Uint8Array): void {
    const needed = this.length + bytes.length;
    if (needed > this.#limit)
      throw new RfbError('too-long', `peer sent more than ${this.#limit} bytes ahead`);
    if (this.#end + bytes.length > this.#storage.length) this.#makeRoom(needed);
    this.#storage.set(bytes, this.#end);
    this.#end += bytes.length;
  }

  /** Byte at `offset` from the read position, which stays. The caller has checked `length`. */
  peekU8(offset = 0): number {
    return this.#view.getUint8(this.#at(offset, 1));
  }

  peekU16(offset = 0): number {
    return this.#view.getUint16(this.#at(offset, 2));
  }

  peekU32(offset = 0): number {
    return this.#view.getUint32(this.#at(offset, 4));
  }

  readU8(): number {
    const value = this.peekU8();
    this.#start += 1;
    return value;
  }

  readU16(): number {
    const value = this.peekU16();
    this.#start += 2;
    return value;
  }

  readU32(): number {
    const value = this.peekU32();
    this.#start += 4;
    return value;
  }

  readI32(): number {
    return this.readU32() | 0;
  }

  /** A copy of the next `count` bytes. */
  readBytes(count: number): Uint8Array {
    const at = this.#at(0, count);
    this.#start += count;
    return this.#storage.slice(at, at + count);
  }

  skip(count: number): void {
    this.#at(0, count);
    this.#start += count;
  }

  /** A copy of everything held; the buffer is empty and gives its memory back. */
  takeAll(): Uint8Array {
    const bytes = this.readBytes(this.length);
    this.#adopt(new Uint8Array(0), 0);
    return bytes;
  }

  #at(offset: number, count: number): number {
    if (offset + count > this.length) throw new RangeError('read past the bytes that have arrived');
    return this.#start + offset;
  }

  #makeRoom(needed: number): void {
    const roomy = needed <= this.#storage.length / 2;
    const storage = roomy ? this.#storage : new Uint8Array(Math.max(SMALLEST_CAPACITY, needed * 2));
    storage.set(this.#storage.subarray(this.#start, this.#end));
    this.#adopt(storage, this.length);
  }

  #adopt(storage: Uint8Array<ArrayBuffer>, length: number): void {
    this.#storage = storage;
    this.#view = new DataView(storage.buffer);
    this.#start = 0;
    this.#end = length;
  }
}
