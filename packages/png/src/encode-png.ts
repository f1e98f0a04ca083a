import { promisify } from 'node:util';
import { crc32, deflate } from 'node:zlib';

/** A picture: 3 bytes a pixel (red, green, blue), row by row. */
export interface RgbPicture {
  readonly width: number;
  readonly height: number;
  readonly rgb: Uint8Array;
}

const compress = promisify(deflate);

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const TRUECOLOUR = 2;

/** Whether the bytes begin as a PNG does (W3C PNG §5.2). */
export function isPng(data: Uint8Array): boolean {
  return SIGNATURE.equals(data.subarray(0, SIGNATURE.length));
}

/**
 * Encodes a picture, 8 bits a channel, no filters.
 *
 * @throws RangeError where there are not as many pixels as the size says
 */
export async function encodePng({ width, height, rgb }: RgbPicture): Promise<Uint8Array> {
  if (rgb.length === 0 || rgb.length !== width * height * 3) {
    throw new RangeError(`${rgb.length} bytes are not ${width} × ${height} pixels`);
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, TRUECOLOUR, 0, 0, 0], 8);
  return Buffer.concat([
    SIGNATURE,
    chunk('IHDR', header),
    chunk('IDAT', await compress(scanlines(rgb, width * 3))),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

/** §7.2, §9: each row begins with its filter; 0 is none. */
function scanlines(rgb: Uint8Array, rowLength: number): Buffer {
  const lines = Buffer.alloc(rgb.length + rgb.length / rowLength);
  let at = 0;
  for (let row = 0; row < rgb.length; row += rowLength) {
    lines.set(rgb.subarray(row, row + rowLength), at + 1);
    at += rowLength + 1;
  }
  return lines;
}

/** §5.3: length, type, data, checksum of type and data. */
function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, checksum]);
}
