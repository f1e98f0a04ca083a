import { readdirSync } from 'node:fs';
import { join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fileHeaders, type ViewerFile } from './viewer-file.js';
import { contentSecurityPolicy, VIEWER_PAGES, type ViewerPage, WMKS_PAGE } from './viewer-page.js';
import { wmksFiles } from './wmks-files.js';

export interface ViewerOptions {
  /** Who may show a page in a frame, as CSP sources, such as a dashboard's origin. Only the page's own origin unless set. */
  readonly frameAncestors?: readonly string[];
  /** A directory with VMware's HTML Console SDK: the page for WebMKS then draws with that. */
  readonly wmks?: string | undefined;
}

const PAGES = fileURLToPath(new URL('./pages/', import.meta.url));

const ENCODINGS = [
  ['br', '.br'],
  ['gzip', '.gz'],
] as const;

// A CSP source is one word: what could end the directive or the header is a mistake in a configuration, or worse.
const CSP_SOURCE = /^[^\s;,]+$/;

/**
 * Every static file of the viewer by the path it is served at. Serve GET and HEAD of exactly these, send all `headers`,
 * and keep the query out of logs: it holds the console token.
 *
 * @throws TypeError if a frame ancestor is not a CSP source; WmksFilesError
 */
export function viewerFiles(options: ViewerOptions = {}): ReadonlyMap<string, ViewerFile> {
  const frameAncestors = options.frameAncestors ?? ["'self'"];
  for (const source of frameAncestors) {
    if (!CSP_SOURCE.test(source))
      throw new TypeError(`not a source for frame-ancestors: ${JSON.stringify(source)}`);
  }
  const { wmks } = options;
  const pages: Readonly<Record<string, ViewerPage>> =
    wmks === undefined ? VIEWER_PAGES : { ...VIEWER_PAGES, webmks: WMKS_PAGE };
  const files = [
    ...Object.values(pages).flatMap((page) => pageFiles(page, frameAncestors)),
    ...['assets', 'licences'].flatMap(folderFiles),
    ...(wmks === undefined ? [] : wmksFiles(wmks)),
  ];
  return new Map(files.map((file) => [file.path, file]));
}

function pageFiles(page: ViewerPage, frameAncestors: readonly string[]): ViewerFile[] {
  const headers = {
    ...fileHeaders(page.file),
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
      headers: { ...fileHeaders(name), 'Cache-Control': cache, Vary: 'Accept-Encoding' },
      compressed: ENCODINGS.filter(([, extension]) => names.has(name + extension)).map(
        ([encoding, extension]) => ({ encoding, file: join(PAGES, folder, name + extension) }),
      ),
    }));
}
