import { createHash, randomUUID } from 'node:crypto';
import type { AdapterContext, Server } from '@remote-consoles/core';
import adapter, { type LibvirtHypervisor } from '../src/index.js';
import { rememberingLogger } from './remembering-logger.js';

/** Makes the hypervisor as an app does: from configuration. */
export async function createLibvirt(
  config: object,
  context: Partial<AdapterContext> = {},
): Promise<LibvirtHypervisor> {
  return await adapter.create(adapter.configSchema.parse({ defaultProject: 'p0', ...config }), {
    name: 'lv',
    configDirectory: '/',
    logger: rememberingLogger(),
    clock: { now: () => Date.now() },
    random: { uuid: () => randomUUID() },
    digest: { sha256: (text) => createHash('sha256').update(text).digest('hex') },
    ...context,
  });
}

/** @throws Error where the hypervisor does not have it */
export async function serverOf(hypervisor: LibvirtHypervisor, id: string): Promise<Server> {
  const server = await hypervisor.findServer(id);
  if (!server) throw new Error(`no server ${id}`);
  return server;
}
