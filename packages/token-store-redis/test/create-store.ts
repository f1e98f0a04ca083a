import { createHash, randomUUID } from 'node:crypto';
import type { ConsoleAuthorization, ConsoleSession, TokenDigest, TokenStore } from '@remote-consoles/core';
import adapter from '../src/index.js';

export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

export interface LogLine {
  readonly fields: object;
  readonly message: string;
}

/** The store as an app creates it: the configuration through its schema. */
export async function createStore(
  config: object,
  lines: LogLine[] = [],
  configDirectory = '/',
): Promise<TokenStore> {
  const result = await adapter.configSchema['~standard'].validate(config);
  if (result.issues) throw new Error(JSON.stringify(result.issues));
  const write = (fields: object, message: string) => void lines.push({ fields, message });
  return adapter.create(result.value, {
    name: 'tokenStore',
    configDirectory,
    logger: { debug: write, info: write, warn: write, error: write },
    clock: { now: () => Date.now() },
    random: { uuid: () => randomUUID() },
    digest: { sha256 },
  });
}

let count = 0;

export function sampleToken(overrides: Partial<ConsoleAuthorization> = {}) {
  count += 1;
  const issuedAt = Date.now();
  const authorization: ConsoleAuthorization = {
    serverId: 'one',
    projectId: 'p',
    userId: 'u',
    type: 'novnc',
    connectInfo: { host: 'h', port: 1, tlsPort: null, internalAccessPath: null },
    requestId: 'r',
    issuedAt,
    expiresAt: issuedAt + 60_000,
    oneTime: true,
    ...overrides,
  };
  return { digest: sha256(`token ${count}`) as TokenDigest, authorization };
}

export function sampleSession(
  overrides: Partial<ConsoleSession> = {},
): ConsoleSession & { bytesDown: number } {
  count += 1;
  return {
    id: `s${count}`,
    gateway: 'gw',
    serverId: `server-${count}`,
    projectId: 'p',
    userId: 'u',
    type: 'novnc',
    digest: sha256(`token ${count}`) as TokenDigest,
    requestId: 'r',
    clientAddress: '192.0.2.1',
    openedAt: Date.now(),
    security: 'vnc',
    lastActivity: Date.now(),
    bytesDown: 0,
    bytesUp: 0,
    ...overrides,
  };
}
