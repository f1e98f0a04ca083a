import { createHash, randomUUID } from 'node:crypto';
import type { AdapterContext, ConsoleConnection, ConsoleType } from '@remote-consoles/core';
import adapter, { type MemoryHypervisor } from '../../src/index.js';

export const SERVER_ID = '1f0c7a52-0000-4000-8000-000000000001';

export const context: AdapterContext = {
  name: 'memory',
  configDirectory: import.meta.dirname,
  logger: { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} },
  clock: { now: () => Date.now() },
  random: { uuid: randomUUID },
  digest: { sha256: (text) => createHash('sha256').update(text).digest('hex') },
};

/** A hypervisor of this configuration, loaded as an app loads it. */
export async function memoryHypervisor(options: unknown, directory?: string): Promise<MemoryHypervisor> {
  const result = await adapter.configSchema['~standard'].validate(options);
  if (result.issues) throw new Error(JSON.stringify(result.issues));
  return adapter.create(result.value, {
    ...context,
    ...(directory !== undefined && { configDirectory: directory }),
  });
}

/** A hypervisor with one running server that has these consoles. */
export function withConsoles(consoles: unknown, directory?: string): Promise<MemoryHypervisor> {
  const server = { id: SERVER_ID, name: 'demo', project: 'p', host: 'compute-1', consoles };
  return memoryHypervisor({ servers: [server] }, directory);
}

export async function open(
  hypervisor: MemoryHypervisor,
  type: ConsoleType,
  id: string = SERVER_ID,
): Promise<ConsoleConnection> {
  const server = await hypervisor.findServer(id);
  if (!server) throw new Error(`no server ${id}`);
  return hypervisor.openConsole(server, type);
}

/** Where a connection over TCP leads. */
export function tcpPort({ transport }: ConsoleConnection): number {
  if (transport.kind !== 'tcp') throw new Error(`${transport.kind} is not TCP`);
  return transport.port;
}
