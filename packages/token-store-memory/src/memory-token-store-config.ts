import { z } from '@remote-consoles/option-schema';

/** The configuration of the token store in memory. */
export const memoryTokenStoreConfig = z.strictObject({
  /** How many tokens are kept at most, about 0.5 kB each; a further one is refused until one expires. */
  maxEntries: z.int().min(1).max(10_000_000).default(100_000),
});

export type MemoryTokenStoreConfig = z.infer<typeof memoryTokenStoreConfig>;
