import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type {
  AdapterContext,
  AdapterModule,
  AuthAdapter,
  AuthPort,
  HypervisorAdapter,
  HypervisorPort,
  TokenStore,
  TokenStoreAdapter,
} from '@remote-consoles/core';
import { ConfigError, type ConfigProblem } from './config-problem.js';
import type { ConfigFile } from './read-config.js';

/** Creates a port from its checked options. */
type Create<Port> = (context: Omit<AdapterContext, 'name' | 'configDirectory'>) => Promise<Port>;

/** Every adapter that a configuration names, found and given sound options, but not yet started. */
export interface LoadedAdapters {
  readonly hypervisors: readonly Create<HypervisorPort>[];
  readonly tokenStore: Create<TokenStore>;
  /** Only where the API is served: a gateway needs none, as its viewers have console tokens. */
  readonly auth?: Create<AuthPort>;
}

/**
 * Imports the adapter packages by the names in the configuration and checks their options with their own schemas. Our
 * own adapters come in exactly like a stranger's.
 *
 * @throws ConfigError with every problem of every adapter at once
 */
export async function loadAdapters(file: ConfigFile): Promise<LoadedAdapters> {
  const problems: ConfigProblem[] = [];
  const load = <Port>(path: readonly PropertyKey[], name: string, named: Named): Promise<Create<Port>> =>
    loadAdapter<Port>(file, path, name, named).catch((error: unknown) => {
      if (!(error instanceof ConfigError)) throw error;
      problems.push(...error.problems);
      return () => Promise.reject(error);
    });
  const { config } = file;
  const hypervisors: Create<HypervisorPort>[] = [];
  for (const [index, named] of config.hypervisors.entries()) {
    hypervisors.push(await load<HypervisorPort>(['hypervisors', index], named.name, named));
  }
  const tokenStore = await load<TokenStore>(['tokenStore'], 'tokenStore', config.tokenStore);
  const auth = config.roles.includes('api') ? await load<AuthPort>(['auth'], 'auth', config.auth) : undefined;
  if (problems.length > 0) throw new ConfigError(file.file, problems);
  return { hypervisors, tokenStore, ...(auth && { auth }) };
}

interface Named {
  readonly module: string;
  readonly options?: unknown;
}

async function loadAdapter<Port>(
  file: ConfigFile,
  path: readonly PropertyKey[],
  name: string,
  { module, options }: Named,
): Promise<Create<Port>> {
  const adapter = await importAdapter<Port>(file, path, module);
  const result = await adapter.configSchema['~standard'].validate(options ?? {});
  if (result.issues) {
    const problems = result.issues.map(({ message, path: within = [] }) =>
      file.locate(
        [...path, 'options', ...within.map((part) => (typeof part === 'object' ? part.key : part))],
        message,
      ),
    );
    throw new ConfigError(file.file, problems);
  }
  return async (context) =>
    adapter.create(result.value, { ...context, name, configDirectory: file.directory });
}

async function importAdapter<Port>(
  file: ConfigFile,
  path: readonly PropertyKey[],
  module: string,
): Promise<AdapterModule<Port, unknown>> {
  const problem = (message: string) =>
    new ConfigError(file.file, [file.locate([...path, 'module'], message)]);
  const namespace = await importModule(file.directory, module).catch((error: unknown) => {
    throw problem(
      `cannot load ${module}: ${error instanceof Error ? firstLine(error.message) : String(error)}`,
    );
  });
  const adapter = (namespace as { default?: unknown }).default;
  if (!isAdapter<Port>(adapter)) {
    throw problem(`${module} is not an adapter: its default export needs configSchema and create`);
  }
  return adapter;
}

/** Looks beside the app first, then where the configuration file is, so that operators can install adapters there. */
async function importModule(directory: string, module: string): Promise<unknown> {
  if (/^\.{1,2}\/|^\//.test(module)) return import(pathToFileURL(resolve(directory, module)).href);
  try {
    return await import(module);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw error;
    const found = createRequire(join(directory, 'package.json')).resolve(module);
    return import(pathToFileURL(found).href);
  }
}

function isAdapter<Port>(value: unknown): value is AdapterModule<Port, unknown> {
  const adapter = value as Partial<HypervisorAdapter & TokenStoreAdapter & AuthAdapter> | null | undefined;
  return typeof adapter?.create === 'function' && adapter.configSchema?.['~standard'] !== undefined;
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? '';
}
