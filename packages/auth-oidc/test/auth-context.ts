import type { AdapterContext, AuthPort } from '@remote-consoles/core';
import adapter from '../src/index.js';

export class TestClock {
  time = Date.now();
  now(): number {
    return this.time;
  }
}

export interface LogLine {
  readonly fields: object;
  readonly message: string;
}

export function testContext(): AdapterContext & { readonly clock: TestClock; readonly lines: LogLine[] } {
  const lines: LogLine[] = [];
  const write = (fields: object, message: string) => void lines.push({ fields, message });
  return {
    name: 'auth',
    configDirectory: '/nonexistent',
    logger: { debug: write, info: write, warn: write, error: write },
    clock: new TestClock(),
    random: { uuid: () => '' },
    digest: { sha256: () => '' },
    lines,
  };
}

/** The port as an app creates it: the configuration through its schema. */
export async function createAuth(config: object, context: AdapterContext): Promise<AuthPort> {
  const result = await adapter.configSchema['~standard'].validate(config);
  if (result.issues) throw new Error(JSON.stringify(result.issues));
  return adapter.create(result.value, context);
}
