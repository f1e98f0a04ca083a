import { decodeUtf16le, encodeUtf16le } from '@remote-consoles/ntlm';
import { RdpTunnelError } from './errors.js';

/** What a client says before anything else to choose one of many RDP sources (MS-RDPEPS §2.2.1). */
export type PreconnectionBlob =
  | { readonly version: 1; readonly id: number }
  /** `text` chooses the source on hosts that have many, such as Hyper-V. */
  | { readonly version: 2; readonly id: number; readonly text: string };

const headLength = 16;
/** A VM's GUID and `;EnhancedMode=1` are 51. */
const maximumUnits = 256;
const maximumLength = headLength + 2 + maximumUnits * 2;

/** @throws {RdpTunnelError} `invalid-argument` when the text is too long or holds a NUL */
export function encodePreconnectionBlob(blob: PreconnectionBlob): Uint8Array {
  const text = blob.version === 2 ? encodeText(blob.text) : new Uint8Array(0);
  const bytes = new Uint8Array(headLength + text.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, bytes.length, true);
  view.setUint32(8, blob.version, true);
  view.setUint32(12, blob.id, true);
  bytes.set(text, headLength);
  return bytes;
}

/** The count of UTF-16 units, the NUL among them, and the units. */
function encodeText(text: string): Uint8Array {
  const units = text.length + 1;
  if (units > maximumUnits || text.includes('\0')) {
    throw new RdpTunnelError(
      'invalid-argument',
      `preconnection text has at most ${maximumUnits - 1} units, no NUL`,
    );
  }
  const bytes = new Uint8Array(2 + units * 2);
  new DataView(bytes.buffer).setUint16(0, units, true);
  bytes.set(encodeUtf16le(text), 2);
  return bytes;
}

/**
 * Length in bytes of the blob that `bytes` begin with; `undefined` while fewer than four are there.
 * @throws {RdpTunnelError} `malformed`, `too-long`
 */
export function preconnectionBlobLength(bytes: Uint8Array): number | undefined {
  if (bytes.length < 4) return undefined;
  const length = viewOf(bytes).getUint32(0, true);
  if (length < headLength) throw malformed();
  if (length > maximumLength) {
    throw new RdpTunnelError(
      'too-long',
      `a preconnection blob of ${length} bytes, at most ${maximumLength} are taken`,
    );
  }
  return length;
}

/**
 * Reads one whole blob. Its text may end in one NUL, as the protocol says, or in two, as FreeRDP 2 sends it.
 * @throws {RdpTunnelError} `malformed`, `too-long`
 */
export function parsePreconnectionBlob(bytes: Uint8Array): PreconnectionBlob {
  if (preconnectionBlobLength(bytes) !== bytes.length) throw malformed();
  const view = viewOf(bytes);
  const version = view.getUint32(8, true);
  const id = view.getUint32(12, true);
  if (version === 1 && bytes.length === headLength) return { version, id };
  if (version !== 2 || bytes.length < headLength + 2) throw malformed();
  const units = view.getUint16(headLength, true);
  if (bytes.length !== headLength + 2 + units * 2) throw malformed();
  const terminated = decodeUtf16le(bytes.subarray(headLength + 2));
  const text = terminated.replace(/\0{1,2}$/, '');
  if ((units > 0 && text.length === terminated.length) || text.includes('\0')) throw malformed();
  return { version, id, text };
}

/** What Hyper-V's console listener is told: whose console, and whether an enhanced session is wanted. */
export interface VmConnectTarget {
  readonly vmId: string;
  readonly enhanced: boolean;
}

const guid = /^[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$/;
const enhancedSuffix = ';EnhancedMode=1';

/** @throws {RdpTunnelError} `invalid-argument` unless the VM's id is a GUID without braces */
export function vmConnectText({ vmId, enhanced }: VmConnectTarget): string {
  if (!guid.test(vmId)) throw new RdpTunnelError('invalid-argument', 'the id of a Hyper-V VM is a GUID');
  return enhanced ? vmId + enhancedSuffix : vmId;
}

/** @throws {RdpTunnelError} `malformed` */
export function parseVmConnectText(text: string): VmConnectTarget {
  const enhanced = text.endsWith(enhancedSuffix);
  const vmId = enhanced ? text.slice(0, -enhancedSuffix.length) : text;
  if (!guid.test(vmId)) throw new RdpTunnelError('malformed', 'the preconnection text names no VM');
  return { vmId, enhanced };
}

const viewOf = (bytes: Uint8Array): DataView =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

const malformed = (): RdpTunnelError => new RdpTunnelError('malformed', 'broken preconnection blob');
