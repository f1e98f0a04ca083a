import { LibvirtError, LibvirtErrorCode } from '../libvirt-error.js';
import type { Libvirt } from '../native/libvirt.js';
import type { Pointer } from '../native/native-library.js';
import type { CallArguments, Screenshot } from './calls.js';
import { withDomain } from './domain-handle.js';
import { checkPointer, checkStatus } from './last-error.js';

/** Larger than an 8K screen as a 24-bit pixmap. */
const maximumSize = 128 * 1024 * 1024;
const chunkSize = 256 * 1024;

/** Reads a whole screenshot through a blocking stream. */
export function screenshot(
  libvirt: Libvirt,
  connection: Pointer,
  { uuid, screen }: CallArguments<'screenshot'>,
): Screenshot {
  const { functions } = libvirt;
  return withDomain(libvirt, connection, uuid, (domain) => {
    const stream = checkPointer(libvirt, 'virStreamNew', functions.virStreamNew(connection, 0));
    let finished = false;
    try {
      const mimeType = libvirt.takeString(
        checkPointer(
          libvirt,
          'virDomainScreenshot',
          functions.virDomainScreenshot(domain, stream, screen, 0),
        ),
      );
      const data = receiveAll(libvirt, stream);
      finished = true;
      checkStatus(libvirt, 'virStreamFinish', functions.virStreamFinish(stream));
      return { mimeType, data };
    } finally {
      if (!finished) functions.virStreamAbort(stream);
      functions.virStreamFree(stream);
    }
  });
}

function receiveAll(libvirt: Libvirt, stream: Pointer): Uint8Array {
  const chunk = Buffer.allocUnsafeSlow(chunkSize);
  const chunks: Buffer[] = [];
  let size = 0;
  for (;;) {
    const received = libvirt.functions.virStreamRecv(stream, chunk, chunk.length);
    checkStatus(libvirt, 'virStreamRecv', received);
    if (received === 0) return Buffer.concat(chunks, size);
    size += received;
    if (size > maximumSize) throw tooLarge();
    chunks.push(Buffer.from(chunk.subarray(0, received)));
  }
}

function tooLarge(): LibvirtError {
  return new LibvirtError({
    code: LibvirtErrorCode.operationFailed,
    domain: 0,
    level: 'error',
    message: `the screenshot is larger than ${maximumSize} bytes`,
    call: 'virStreamRecv',
  });
}
