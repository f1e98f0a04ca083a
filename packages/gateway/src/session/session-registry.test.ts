import type { ConsoleAuthorization, TokenDigest } from '@remote-consoles/core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Opening } from '../handshake/opening.js';
import { DEFAULT_LIMITS } from '../settings.js';
import { Session } from './session.js';
import { SessionRegistry } from './session-registry.js';

let count = 0;
function session(serverId: string, userId: string, key = `key${count}`): Session {
  count++;
  return new Session({
    id: `id${count}`,
    key,
    digest: 'd' as TokenDigest,
    authorization: { serverId, userId, projectId: 'p', type: 'novnc' } as ConsoleAuthorization,
    clientAddress: undefined,
    openedAt: 0,
    endsAt: Number.POSITIVE_INFINITY,
  });
}

test('the limits hold in any order of coming and going, and every place is given back', () => {
  const limits = { ...DEFAULT_LIMITS, sessionsPerServer: 2, sessionsPerUser: 3 };
  const step = fc.tuple(fc.boolean(), fc.constantFrom('s1', 's2', 's3'), fc.constantFrom('u1', 'u2'));
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const registry = new SessionRegistry(limits);
      const inside: Session[] = [];
      for (const [leaves, serverId, userId] of steps) {
        if (leaves) {
          const gone = inside.shift();
          if (gone) expect(registry.remove(gone)).toBe(true);
          continue;
        }
        const ofServer = inside.filter(({ authorization }) => authorization.serverId === serverId).length;
        const ofUser = inside.filter(({ authorization }) => authorization.userId === userId).length;
        const next = session(serverId, userId);
        if (ofServer < 2 && ofUser < 3) {
          registry.add(next);
          inside.push(next);
        } else {
          expect(() => registry.add(next)).toThrow('close one and try again');
        }
        expect(registry.size).toBe(inside.length);
      }
    }),
  );
});

test('only the key with the same token joins, while there is room and the session lasts', () => {
  const registry = new SessionRegistry({ ...DEFAULT_LIMITS, socketsPerSession: 2 });
  const one = session('s', 'u', 'secret');
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
