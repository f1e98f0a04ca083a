import { promisify } from 'node:util';
import { crc32, deflate } from 'node:zlib';
import type { Picture } from './picture.js';

const compress = promisify(deflate);

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const TRUECOLOUR = 2;

/** Encodes a picture as PNG, 8 bits a channel (W3C PNG, third edition). */
export async function encodePng(picture: Picture): Promise<Uint8Array> {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(picture.width, 0);
  header.writeUInt32BE(picture.height, 4);
  header.set([8, TRUECOLOUR, 0, 0, 0], 8);
  return Buffer.concat([
    SIGNATURE,
    chunk('IHDR', header),
    chunk('IDAT', await compress(scanlines(picture))),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

/** PNG §7.2, §9: each row begins with its filter; 0 is none. */
function scanlines({ width, height, pixels }: Picture): Buffer {
  const rows = Buffer.alloc((width * 3 + 1) * height);
  let at = 0;
  let pixel = 0;
  for (let row = 0; row < height; row++) {
    at += 1;
    for (let column = 0; column < width; column++) {
      at = rows.writeUIntBE(pixels[pixel++] ?? 0, at, 3);
    }
  }
  return rows;
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
