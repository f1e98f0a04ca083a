import { describe, expect, it } from 'vitest';
import { CountingRandom, digest, FakeClock, PROJECT, SERVER_ID } from '../../test/fakes.js';
import { isTokenText } from './console-token.js';
import { TokenIssuer, type TokenSettings } from './token-issuer.js';

const SUBJECT = {
  serverId: SERVER_ID,
  projectId: PROJECT,
  userId: 'user',
  type: 'novnc',
  connectInfo: { host: 'h', port: 1, tlsPort: null, internalAccessPath: null },
  requestId: 'req-1',
} as const;

function issuer(settings?: TokenSettings) {
  const clock = new FakeClock();
  return { clock, issuer: new TokenIssuer({ random: new CountingRandom(), digest, clock }, settings) };
}

describe('TokenIssuer', () => {
  it('issues a UUID whose digest alone is kept', () => {
    const { issuer: it, clock } = issuer();
    const issued = it.issue(SUBJECT);
    expect(isTokenText(issued.token)).toBe(true);
    expect(issued.digest).toBe(digest.sha256(issued.token));
    expect(JSON.stringify(issued.authorization)).not.toContain(issued.token);
    expect(issued.authorization).toEqual({
      ...SUBJECT,
      issuedAt: clock.time,
      expiresAt: clock.time + 600_000,
      oneTime: false,
    });
  });

  it('issues a new token each time', () => {
    const { issuer: it } = issuer();
    const tokens = Array.from({ length: 50 }, () => it.issue(SUBJECT).token);
    expect(new Set(tokens).size).toBe(50);
  });

  it('applies its settings', () => {
    const { issuer: it, clock } = issuer({ ttl: 30, oneTime: true });
    expect(it.issue(SUBJECT).authorization).toMatchObject({ expiresAt: clock.time + 30_000, oneTime: true });
    expect(issuer({ ttl: 0 }).issuer.issue(SUBJECT).authorization.expiresAt).toBe(clock.time);
  });

  it('finds a token again in whatever case a client sends it', () => {
    const { issuer: it } = issuer();
    const token = 'F9906A48-b71e-4f18-baca-c987da3ebdb3';
    expect(it.digest(token)).toBe(it.digest(token.toLowerCase()));
    expect(it.digest(token)).toMatch(/^[0-9a-f]{64}$/);
  });
});
