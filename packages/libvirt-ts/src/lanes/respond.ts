import { LibvirtError } from '../libvirt-error.js';
import type { CallResponse } from './lane-message.js';

/** Runs a call and tells how it went. */
export function respond(call: string, run: () => unknown): CallResponse {
  try {
    return { type: 'result', value: run() };
  } catch (error) {
    return { type: 'error', error: LibvirtError.from(error, call).toFields() };
  }
}
