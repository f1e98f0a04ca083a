import { readdirSync, statSync } from 'node:fs';
import { join, posix } from 'node:path';
import { fileHeaders, type ViewerFile } from './viewer-file.js';

/** What the page loads of VMware's HTML Console SDK and the libraries that it needs, in this order. */
const NEEDED = ['jquery.min.js', 'jquery-ui.min.js', 'wmks.min.js', 'css/wmks-all.css'];

/** The SDK has some fifty: with many more it is another directory. */
const MOST_FILES = 1_000;

// What is served has a name that is the same in a URL, and a type that a page loads.
const SERVED = /^[A-Za-z0-9_-][A-Za-z0-9._-]*\.(?:css|cur|gif|jpg|js|png|svg)$/;
const FOLDER = /^[A-Za-z0-9_-]+$/;

/** A directory that is not a copy of VMware's HTML Console SDK; the message says what it lacks. */
export class WmksFilesError extends Error {
  override readonly name = 'WmksFilesError';
}

/**
 * An operator's copy of VMware's HTML Console SDK, each file at `/wmks/` and its path in the directory. The SDK is VMware's
 * and not free to give away, so there is none in this package.
 *
 * @throws WmksFilesError where something is missing, or there is far too much
 */
export function wmksFiles(directory: string): readonly ViewerFile[] {
  const names = namesIn(directory);
  const missing = NEEDED.filter((name) => !names.includes(name));
  if (missing.length > 0) throw new WmksFilesError(`there is no ${missing.join(', ')} in ${directory}`);
  return names.map((name) => ({
    path: posix.join('/wmks', name),
    file: join(directory, name),
    kind: 'asset',
    headers: { ...fileHeaders(name), 'Cache-Control': 'no-cache' },
    compressed: [],
  }));
}

function namesIn(directory: string): string[] {
  const names: string[] = [];
  const look = (folder: string): void => {
    for (const name of list(directory, folder)) {
      const path = posix.join(folder, name);
      if (SERVED.test(name) && statSync(join(directory, path)).isFile()) names.push(path);
      else if (FOLDER.test(name) && statSync(join(directory, path)).isDirectory()) look(path);
      if (names.length > MOST_FILES)
        throw new WmksFilesError(`${directory} has more than ${MOST_FILES} files: it is not the SDK's`);
    }
  };
  look('');
  return names;
}

function list(directory: string, folder: string): string[] {
  try {
    return readdirSync(join(directory, folder));
  } catch {
    throw new WmksFilesError(`${join(directory, folder)} is no directory that can be read`);
  }
}
