import type { ConsoleAuthorization, TokenDigest } from '@remote-consoles/core';
import { expect, test } from 'vitest';
import { Opening } from '../handshake/opening.js';
import { DEFAULT_LIMITS } from '../settings.js';
import { Session } from './session.js';
import { SessionRegistry } from './session-registry.js';

function session(key: string): Session {
  return new Session({
    id: 'id',
    gateway: 'g',
    key,
    digest: 'd' as TokenDigest,
    authorization: { serverId: 's', userId: 'u', projectId: 'p', type: 'novnc' } as ConsoleAuthorization,
    clientAddress: undefined,
    openedAt: 0,
    endsAt: Number.POSITIVE_INFINITY,
  });
}

test('only the key with the same token joins, while there is room and the session lasts', () => {
  const registry = new SessionRegistry({ ...DEFAULT_LIMITS, socketsPerSession: 2 });
  const one = session('secret');
  registry.add(one);
  expect(registry.join('secret', 'd' as TokenDigest)).toBe(one);
  expect(registry.join('secret', 'e' as TokenDigest)).toBeUndefined();
  expect(registry.join('guess', 'd' as TokenDigest)).toBeUndefined();
  one.openings.add(new Opening()).add(new Opening());
  expect(() => registry.join('secret', 'd' as TokenDigest)).toThrow('too many sockets');
  expect(registry.remove(one)).toBe(true);
  expect(registry.remove(one)).toBe(false);
  expect(registry.join('secret', 'd' as TokenDigest)).toBeUndefined();
});
