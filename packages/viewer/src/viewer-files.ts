import { readdirSync } from 'node:fs';
import { extname, join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { contentSecurityPolicy, VIEWER_PAGES, type ViewerPage } from './viewer-page.js';

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

export interface ViewerOptions {
  /** Who may show a page in a frame, as CSP sources, such as a dashboard's origin. Only the page's own origin unless set. */
  readonly frameAncestors?: readonly string[];
}

const PAGES = fileURLToPath(new URL('./pages/', import.meta.url));

const ENCODINGS = [
  ['br', '.br'],
  ['gzip', '.gz'],
] as const;

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
};

// A CSP source is one word: what could end the directive or the header is a mistake in a configuration, or worse.
const CSP_SOURCE = /^[^\s;,]+$/;

/**
 * Every static file of the viewer by the path it is served at. Serve GET and HEAD of exactly these, send all `headers`,
 * and keep the query out of logs: it holds the console token.
 *
 * @throws TypeError if a frame ancestor is not a CSP source
 */
export function viewerFiles(options: ViewerOptions = {}): ReadonlyMap<string, ViewerFile> {
  const frameAncestors = options.frameAncestors ?? ["'self'"];
  for (const source of frameAncestors) {
    if (!CSP_SOURCE.test(source))
      throw new TypeError(`not a source for frame-ancestors: ${JSON.stringify(source)}`);
  }
  const files = [
    ...Object.values<ViewerPage>(VIEWER_PAGES).flatMap((page) => pageFiles(page, frameAncestors)),
    ...['assets', 'licences'].flatMap(folderFiles),
  ];
  return new Map(files.map((file) => [file.path, file]));
}

function pageFiles(page: ViewerPage, frameAncestors: readonly string[]): ViewerFile[] {
  const headers = {
    ...commonHeaders(page.file),
    'Cache-Control': 'no-store',
    'Content-Security-Policy': contentSecurityPolicy(page, frameAncestors),
  };
  const file = join(PAGES, page.file);
  return page.paths.map((path) => ({ path, file, kind: 'page', headers, compressed: [] }));
}

function folderFiles(folder: string): ViewerFile[] {
  // Only what the build gave a hash of its content can be kept for ever.
  const cache = folder === 'assets' ? 'public, max-age=31536000, immutable' : 'no-cache';
  const names = new Set(readdirSync(join(PAGES, folder)));
  return [...names]
    .filter((name) => !ENCODINGS.some(([, extension]) => name.endsWith(extension)))
    .map((name) => ({
      path: posix.join('/', folder, name),
      file: join(PAGES, folder, name),
      kind: 'asset',
      headers: { ...commonHeaders(name), 'Cache-Control': cache, Vary: 'Accept-Encoding' },
      compressed: ENCODINGS.filter(([, extension]) => names.has(name + extension)).map(
        ([encoding, extension]) => ({ encoding, file: join(PAGES, folder, name + extension) }),
      ),
    }));
}

function commonHeaders(name: string): Record<string, string> {
  return {
    'Content-Type': CONTENT_TYPES[extname(name)] ?? 'application/octet-stream',
    'Referrer-Policy': 'no-referrer',
    'X-Content-Type-Options': 'nosniff',
  };
}
