import { isMainThread } from 'node:worker_threads';
import { openWithFfiNapi } from './ffi-napi-library.js';
import { openWithKoffi } from './koffi-library.js';
import type { Backend, NativeLibrary } from './native-library.js';

const openers: Record<Backend, (file: string) => NativeLibrary> = {
  'ffi-napi': openWithFfiNapi,
  koffi: openWithKoffi,
};

const libraryFile = 'libvirt.so.0';

/**
 * Opens libvirt's client library with `backend`, or with the first FFI package that is installed: ffi-napi,
 * then koffi.
 *
 * @throws when no FFI package loads, or libvirt is not installed
 */
export function openNativeLibrary(backend?: Backend): NativeLibrary {
  if (
    process.arch === 'ia32' ||
    process.arch === 'arm' ||
    process.arch === 'mips' ||
    process.arch === 'mipsel'
  ) {
    throw new Error(`libvirt-ts needs a 64-bit platform, not ${process.arch}`);
  }
  const failures: string[] = [];
  for (const candidate of backend === undefined ? (['ffi-napi', 'koffi'] as const) : [backend]) {
    try {
      return openers[candidate](libraryFile);
    } catch (error) {
      const reason = error instanceof Error ? error.message.split('\n', 1)[0] : String(error);
      if (reason?.includes(libraryFile)) {
        throw new Error(`cannot open ${libraryFile}: install libvirt0 (Debian) or libvirt-libs (Fedora)`, {
          cause: error,
        });
      }
      failures.push(`${candidate}: ${reason}`);
    }
  }
  throw new Error(`no FFI package loads: install @2060.io/ffi-napi or koffi (${failures.join('; ')})`);
}

/**
 * The backend that may be loaded in this thread and then in workers. ffi-napi crashes the process when a
 * worker that loaded it ends and the main thread has not loaded it before: outside the main thread it is koffi.
 *
 * @throws when ffi-napi is asked for outside the main thread
 */
export function backendForWorkers(backend: Backend | undefined): Backend | undefined {
  if (isMainThread) return backend;
  if (backend !== 'ffi-napi') return 'koffi';
  throw new Error(
    "isolation 'thread' with ffi-napi must be opened from the main thread; use koffi or isolation 'process'",
  );
}
