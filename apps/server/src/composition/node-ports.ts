import { hash, randomUUID } from 'node:crypto';
import type { Clock, Digest, Random } from '@remote-consoles/core';

export const systemClock: Clock = { now: Date.now };

export const cryptoRandom: Random = { uuid: randomUUID };

export const cryptoDigest: Digest = {
  sha256: (text) => hash('sha256', text),
};
