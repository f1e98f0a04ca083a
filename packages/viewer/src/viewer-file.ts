import { extname } from 'node:path';

/** One address to serve, with everything an HTTP server needs to know of it. */
export interface ViewerFile {
  /** The path of the address, such as `/vnc_lite.html`; compare it exactly, it holds nothing to decode. */
  readonly path: string;
  /** The absolute path of the file. */
  readonly file: string;
  readonly kind: 'page' | 'asset';
  /** All headers to send: content type, cache policy, the page's own content security policy. */
  readonly headers: Readonly<Record<string, string>>;
  /** The same content compressed, the smallest first: send the first that the client accepts, with `Content-Encoding`. */
  readonly compressed: readonly CompressedFile[];
}

export interface CompressedFile {
  /** A content coding (RFC 9110 §8.4.1). */
  readonly encoding: 'br' | 'gzip';
  /** The absolute path of the file. */
  readonly file: string;
}

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.cur': 'image/x-icon',
  '.gif': 'image/gif',
  '.html': 'text/html; charset=utf-8',
  '.jpg': 'image/jpeg',
  '.js': 'text/javascript; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
};

/** The headers that a file has for its name's sake. */
export function fileHeaders(name: string): Record<string, string> {
  return {
    'Content-Type': CONTENT_TYPES[extname(name)] ?? 'application/octet-stream',
    'Referrer-Policy': 'no-referrer',
    'X-Content-Type-Options': 'nosniff',
  };
}
