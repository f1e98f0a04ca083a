import { resolve } from 'node:path';
import { type ViewerFile, viewerFiles, WmksFilesError } from '@remote-consoles/viewer';
import { ConfigError } from './config-problem.js';
import type { ConfigFile } from './read-config.js';

/**
 * The pages that browsers get, by their paths.
 *
 * @throws ConfigError where the directory with VMware's client is not one
 */
export async function loadPages({
  file,
  directory,
  config,
  locate,
}: ConfigFile): Promise<ReadonlyMap<string, ViewerFile>> {
  const { frameAncestors, wmks } = config.viewer;
  try {
    return viewerFiles({
      frameAncestors: ["'self'", ...frameAncestors],
      wmks: wmks === undefined ? undefined : resolve(directory, wmks),
    });
  } catch (error) {
    if (!(error instanceof WmksFilesError)) throw error;
    throw new ConfigError(file, [locate(['viewer', 'wmks'], error.message)]);
  }
}
