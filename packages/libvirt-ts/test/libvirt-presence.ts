import type { Backend } from '../src/native/native-library.js';
import { openNativeLibrary } from '../src/native/open-native-library.js';

export const backends: readonly Backend[] = ['ffi-napi', 'koffi'];
export const isolations = ['process', 'thread'] as const;

/**
 * Whether libvirt's client library is there. In CI it must be; elsewhere its tests are skipped, and say so.
 * Any other reason why it does not load is a failure.
 */
export function libvirtPresent(): boolean {
  try {
    for (const backend of backends) openNativeLibrary(backend);
    return true;
  } catch (error) {
    const absent = error instanceof Error && error.message.startsWith('cannot open libvirt.so.0');
    if (!absent || process.env['CI'] === 'true') throw error;
    console.warn(`\n*** SKIPPED: every test that calls libvirt. ${error.message} ***\n`);
    return false;
  }
}
