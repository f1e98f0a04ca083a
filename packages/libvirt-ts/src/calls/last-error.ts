import { LibvirtError, type LibvirtErrorLevel } from '../libvirt-error.js';
import type { Libvirt } from '../native/libvirt.js';
import { NULL, type Pointer } from '../native/native-library.js';

const levels: readonly LibvirtErrorLevel[] = ['none', 'warning', 'error'];

/**
 * The error of the call just made. libvirt keeps it for each thread, so it is right only on the thread that
 * made the call, after a synchronous call, with no other call between.
 */
export function lastError(libvirt: Libvirt, call: string): LibvirtError {
  const address = libvirt.functions.virGetLastError();
  if (address === NULL) {
    return new LibvirtError({ code: 0, domain: 0, level: 'error', message: 'failed without a reason', call });
  }
  // struct _virError: int code, int domain, char *message, enum level
  const [code = 0, domain = 0, , , level = 2] = new Int32Array(
    Uint8Array.from(libvirt.readBytes(address, 20)).buffer,
  );
  return new LibvirtError({
    code,
    domain,
    level: levels[level] ?? 'error',
    message: libvirt.readString(libvirt.functions.virGetLastErrorMessage()),
    call,
  });
}

/** Passes a pointer on; throws what libvirt says when it is NULL. */
export function checkPointer(libvirt: Libvirt, call: string, result: Pointer): Pointer {
  if (result === NULL) throw lastError(libvirt, call);
  return result;
}

/** Passes a status on; throws what libvirt says when it is negative. */
export function checkStatus(libvirt: Libvirt, call: string, result: number): number {
  if (result < 0) throw lastError(libvirt, call);
  return result;
}
