import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The path of a script of the workspace's fixtures. */
export const fixture = (name: string): string =>
  fileURLToPath(new URL(`../../../scripts/fixtures/${name}`, import.meta.url));

/**
 * Makes sure that real parts are there, by a fixture script that ends with 0 when they are.
 *
 * @param what cannot be tested without them
 * @returns whether they are there; says loudly what is missing, and throws in CI
 */
export async function partsAreThere(
  what: string,
  script: string,
  parameters: readonly string[],
): Promise<boolean> {
  try {
    await run(fixture(script), parameters);
    return true;
  } catch (error) {
    const reason = (error as { readonly stderr?: string }).stderr ?? String(error);
    if (process.env['CI'] === 'true') throw new Error(`${what} must be tested in CI: ${reason}`);
    console.warn(`SKIPPED: ${what} cannot be tested. ${reason}`);
    return false;
  }
}

/** Builds the simulator of vSphere where its parts are there. */
export const simulatorIsThere = (): Promise<boolean> =>
  partsAreThere('a simulated vSphere', 'vcsim.sh', ['build']);
