import { libcFunctions, libvirtFunctions } from './libvirt-functions.js';
import { type Backend, type Bound, type NativeLibrary, NULL, type Pointer } from './native-library.js';
import { openNativeLibrary } from './open-native-library.js';

/** libvirt's functions and the C memory they return, on this thread. */
export class Libvirt {
  readonly native: NativeLibrary;
  readonly functions: Bound<typeof libvirtFunctions>;
  readonly libc: Bound<typeof libcFunctions>;

  /** Opens and initialises libvirt. May be done on several threads. Throws when it cannot be loaded. */
  constructor(backend?: Backend) {
    this.native = openNativeLibrary(backend);
    this.functions = this.native.bind(libvirtFunctions);
    this.libc = this.native.bind(libcFunctions);
    // libvirt prints every error to stderr unless a handler is set. It takes a C function here, because a
    // JavaScript one would be called from whichever thread fails.
    this.functions.virSetErrorFunc(NULL, this.native.addressOf('getpid'));
    if (this.functions.virInitialize() !== 0) throw new Error('libvirt cannot be initialised');
  }

  /** Copies `length` bytes of C memory. */
  readBytes(address: Pointer, length: number): Buffer {
    if (address === NULL) throw new RangeError('NULL pointer');
    const bytes = Buffer.alloc(length);
    if (length > 0) this.libc.memcpy(bytes, address, length);
    return bytes;
  }

  /** Copies `bytes` into C memory. */
  writeBytes(address: Pointer, bytes: Uint8Array): void {
    this.libc.memmove(address, bytes, bytes.length);
  }

  /** Copies `count` pointers of a C array. */
  readPointers(address: Pointer, count: number): Pointer[] {
    const words = new BigUint64Array(count);
    if (count > 0) this.libc.memcpy(new Uint8Array(words.buffer), address, words.byteLength);
    return Array.from(words, (word) => Number(word) as Pointer);
  }

  /** Copies a string that C goes on owning. */
  readString(address: Pointer): string {
    return address === NULL ? '' : this.readBytes(address, this.libc.strlen(address)).toString('utf8');
  }

  /** Copies a string that the caller owns, and frees it. */
  takeString(address: Pointer): string {
    try {
      return this.readString(address);
    } finally {
      this.libc.free(address);
    }
  }
}
