import { CONSOLE_TYPES } from '@remote-consoles/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseAuthorization } from './stored-authorization.js';

const port = fc.nat(65_535);
const authorization = fc.record({
  serverId: fc.string({ unit: 'binary' }),
  projectId: fc.string(),
  userId: fc.string(),
  type: fc.constantFrom(...CONSOLE_TYPES),
  connectInfo: fc.record({
    host: fc.string(),
    port,
    tlsPort: fc.option(port),
    internalAccessPath: fc.option(fc.string({ unit: 'binary' })),
  }),
  requestId: fc.string(),
  issuedAt: fc.nat(),
  expiresAt: fc.nat(),
  oneTime: fc.boolean(),
});
const unavailable = expect.objectContaining({ code: 'token-store-unavailable' });

describe('parseAuthorization', () => {
  it('reads every authorization that was written as JSON', () => {
    fc.assert(
      fc.property(authorization, (each) => {
        expect(parseAuthorization(JSON.stringify(each))).toEqual(each);
      }),
    );
  });

  it('reads what a later version wrote with more in it', () => {
    fc.assert(
      fc.property(authorization, (each) => {
        expect(parseAuthorization(JSON.stringify({ ...each, viewOnly: true }))).toEqual(each);
      }),
    );
  });

  it('refuses an authorization that lacks something', () => {
    fc.assert(
      fc.property(authorization, fc.nat(8), (each, index) => {
        const key = Object.keys(each)[index] as keyof typeof each;
        const { [key]: _, ...rest } = each;
        expect(() => parseAuthorization(JSON.stringify(rest))).toThrow(unavailable);
      }),
    );
  });

  it('refuses any other text', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        expect(() => parseAuthorization(text)).toThrow(unavailable);
      }),
    );
  });
});
