import { promisify } from 'node:util';
import { crc32, deflate } from 'node:zlib';

const compress = promisify(deflate);

const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const truecolour = 2;
const bytesPerPixel = 3;
const largestSide = 32_768;

/** Whether the bytes begin as a PNG does. */
export function isPng(data: Uint8Array): boolean {
  return signature.equals(data.subarray(0, signature.length));
}

/**
 * Turns a binary pixmap (PPM, `P6`, 8 bits), which QEMU before 7.1 makes, into a PNG.
 *
 * @throws Error where it is none
 */
export async function pngOfPixmap(pixmap: Uint8Array): Promise<Uint8Array> {
  const head = Buffer.from(pixmap.subarray(0, 100)).toString('latin1');
  const [header, width = 0, height = 0] = (/^P6\s+(\d{1,5})\s+(\d{1,5})\s+255\s/.exec(head) ?? []).map(
    (part, index) => (index === 0 ? part.length : Number(part)),
  );
  const pixels = header === undefined ? pixmap.subarray(0, 0) : pixmap.subarray(header);
  const rowLength = width * bytesPerPixel;
  if (
    pixels.length === 0 ||
    width > largestSide ||
    height > largestSide ||
    pixels.length !== rowLength * height
  ) {
    throw new Error('the screenshot is no pixmap');
  }
  const rows = Buffer.alloc((rowLength + 1) * height); // each row begins with its filter: 0, none
  for (let row = 0; row < height; row++) {
    rows.set(pixels.subarray(row * rowLength, (row + 1) * rowLength), row * (rowLength + 1) + 1);
  }
  const size = Buffer.alloc(13);
  size.writeUInt32BE(width, 0);
  size.writeUInt32BE(height, 4);
  size.set([8, truecolour, 0, 0, 0], 8);
  return Buffer.concat([
    signature,
    chunk('IHDR', size),
    chunk('IDAT', await compress(rows)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

/** PNG §5.3: length, type, data, checksum of type and data. */
function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, checksum]);
}
