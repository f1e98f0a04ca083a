import type { TokenStoreAdapter } from '@remote-consoles/core';
import { MemoryTokenStore } from './memory-token-store.js';
import { type MemoryTokenStoreConfig, memoryTokenStoreConfig } from './memory-token-store-config.js';

export { MemoryTokenStore } from './memory-token-store.js';
export { type MemoryTokenStoreConfig, memoryTokenStoreConfig } from './memory-token-store-config.js';

/** Console tokens in this process: for one process, lost when it ends. */
const adapter: TokenStoreAdapter<MemoryTokenStoreConfig> = {
  configSchema: memoryTokenStoreConfig,
  create: ({ maxEntries }, { clock }) => new MemoryTokenStore({ clock, maxEntries }),
};

export default adapter;
