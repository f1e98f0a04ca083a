import { CONSOLE_TYPES, type ConsoleSession, type TokenDigest } from '@remote-consoles/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseMessage } from './stored-message.js';
import { parseSession } from './stored-session.js';

const text = fc.string({ unit: 'binary' });
const session: fc.Arbitrary<ConsoleSession> = fc.record({
  id: text,
  gateway: text,
  serverId: text,
  projectId: text,
  userId: text,
  type: fc.constantFrom(...CONSOLE_TYPES),
  digest: text.map((each) => each as TokenDigest),
  requestId: text,
  clientAddress: fc.option(text, { nil: undefined }),
  openedAt: fc.nat(),
  security: fc.option(text, { nil: undefined }),
  lastActivity: fc.nat(),
  bytesDown: fc.maxSafeNat(),
  bytesUp: fc.maxSafeNat(),
});

describe('parseSession', () => {
  it('reads every session that was written as JSON, also by a later version with more in it', () => {
    fc.assert(
      fc.property(session, (each) => {
        expect(parseSession(JSON.stringify({ ...each, viewers: 2 }))).toEqual(each);
      }),
    );
  });

  it('takes nothing else for one', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (other) => parseSession(other) === undefined));
    fc.assert(
      fc.property(session, ({ serverId: _, ...rest }) => parseSession(JSON.stringify(rest)) === undefined),
    );
  });
});

describe('parseMessage', () => {
  it.each([
    { kind: 'terminate-session', sessionId: 's' },
    { kind: 'end-server', serverId: 's', event: 'migrated' },
  ])('reads %j', (message) => {
    expect(parseMessage(JSON.stringify(message))).toEqual(message);
  });

  it.each([
    '',
    'null',
    '{}',
    '{"kind":"end-server","serverId":"s","event":"painted"}',
    '{"kind":"terminate-session"}',
  ])('ignores %j', (other) => {
    expect(parseMessage(other)).toBeUndefined();
  });
});
