import type { Microversion } from '@remote-consoles/core';

export const MIN_VERSION: Microversion = { major: 2, minor: 1 };

/** openstacksdk caps its remote consoles at 2.99, the microversion of spice-direct. */
export const MAX_VERSION: Microversion = { major: 2, minor: 99 };
