/**
 * The memory hypervisor: simulated machines with live consoles, and fixed addresses of servers that are real.
 *
 * @packageDocumentation
 */
import type { AdapterContext, AdapterModule } from '@remote-consoles/core';
import { configSchema, type MemoryConfig } from './config/config-schema.js';
import { readInventory } from './config/inventory.js';
import { MemoryHypervisor } from './memory-hypervisor.js';

export type { MemoryConfig } from './config/config-schema.js';
export type { ServerChange } from './machine.js';
export { MemoryHypervisor } from './memory-hypervisor.js';

/** What an app loads by this package's name. `create` rejects with an Error that names a file it cannot read. */
const adapter = {
  configSchema,
  async create(config: MemoryConfig, context: AdapterContext): Promise<MemoryHypervisor> {
    const inventory = await readInventory(config, context.configDirectory, context.clock.now());
    return new MemoryHypervisor(inventory, context);
  },
} satisfies AdapterModule<MemoryHypervisor, MemoryConfig>;

export default adapter;
