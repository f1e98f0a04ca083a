import { crc32, inflateSync } from 'node:zlib';
import type { Picture } from '../../src/picture/picture.js';

/** Reads a PNG of 8-bit colours without filters; whatever is not right in it is an error. */
export function decodePng(data: Uint8Array): Picture {
  const png = Buffer.from(data);
  if (png.toString('latin1', 0, 8) !== '\x89PNG\r\n\x1a\n') throw new Error('no PNG');
  const chunks = chunksOf(png);
  if ([...chunks.keys()].join() !== 'IHDR,IDAT,IEND') throw new Error(`chunks: ${[...chunks.keys()]}`);
  const header = chunks.get('IHDR') ?? Buffer.alloc(0);
  if (header.subarray(8).toString('hex') !== '0802000000') throw new Error('not 8-bit colours');
  const [width, height] = [header.readUInt32BE(0), header.readUInt32BE(4)];
  const rows = inflateSync(chunks.get('IDAT') ?? Buffer.alloc(0));
  if (rows.length !== height * (width * 3 + 1)) throw new Error(`${rows.length} bytes of pixels`);
  const pixels = new Uint32Array(width * height);
  for (let row = 0; row < height; row++) {
    const start = row * (width * 3 + 1);
    if (rows[start] !== 0) throw new Error('a filter');
    for (let column = 0; column < width; column++) {
      pixels[row * width + column] = rows.readUIntBE(start + 1 + column * 3, 3);
    }
  }
  return { width, height, pixels };
}

function chunksOf(png: Buffer): Map<string, Buffer> {
  const chunks = new Map<string, Buffer>();
  for (let at = 8; at < png.length; ) {
    const length = png.readUInt32BE(at);
    const body = png.subarray(at + 4, at + 8 + length);
    if (crc32(body) !== png.readUInt32BE(at + 8 + length)) throw new Error('a wrong checksum');
    chunks.set(body.toString('latin1', 0, 4), body.subarray(4));
    at += length + 12;
  }
  return chunks;
}
