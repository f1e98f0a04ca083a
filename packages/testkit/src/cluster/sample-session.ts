import type { ConsoleSession, TokenDigest } from '@remote-consoles/core';

let count = 0;

/** A session that no other check has, as a gateway enters it. Its facts may be changed. */
export function sampleSession(overrides: Partial<ConsoleSession> = {}): {
  -readonly [Key in keyof ConsoleSession]: ConsoleSession[Key];
} {
  count += 1;
  return {
    id: `session-${count}`,
    gateway: 'gateway-1.example.org',
    serverId: `server-${count}`,
    projectId: `project-${count}`,
    userId: `a user / mit Ümlaut ${count}`,
    type: 'novnc',
    digest: count.toString(16).padStart(64, '0') as TokenDigest,
    requestId: 'req-0d5ad1b8-4f9c-4b1f-9f19-7c1d5c6a4e11',
    clientAddress: '2001:db8::1',
    openedAt: 1_700_000_000_000,
    security: undefined,
    lastActivity: 1_700_000_000_000,
    bytesDown: 0,
    bytesUp: 0,
    ...overrides,
  };
}
