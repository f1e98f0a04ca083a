import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import type { ConsolePlace } from '../console/reachable-console.js';
import { isHere } from '../console/reachable-console.js';
import type { DomainDescription } from '../domain/domain-description.js';

/** As much as Nova gives (`MAX_CONSOLE_BYTES`). */
const maximumSize = 100 * 1024;

/** The file that what the guest prints is written to; undefined where there is none on this machine. */
export function consoleLogFile(
  { characterDevices }: DomainDescription,
  place: ConsolePlace,
): string | undefined {
  if (!isHere(place.machine)) return undefined;
  const files = characterDevices.map(({ logFile, source }) =>
    source.kind === 'file' ? source.path : logFile,
  );
  return files.find((file) => file !== undefined);
}

/** The end of the file, from the beginning of a line where it is not the whole. Rejects where it cannot be read. */
export async function readConsoleLog(file: string): Promise<string> {
  const handle = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const stats = await handle.stat();
    if (!stats.isFile()) throw new Error('not a file');
    const start = Math.max(0, stats.size - maximumSize);
    const bytes = Buffer.alloc(Math.min(stats.size, maximumSize));
    const { bytesRead } = await handle.read(bytes, 0, bytes.length, start);
    const text = bytes.subarray(0, bytesRead).toString('utf8');
    return start === 0 ? text : text.slice(text.indexOf('\n') + 1);
  } finally {
    await handle.close();
  }
}
