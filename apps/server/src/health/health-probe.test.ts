import type { AuthPort, HypervisorPort, TokenStore } from '@remote-consoles/core';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { HealthProbe } from './health-probe.js';

const checks = { one: 0, two: 0 };
let down: string[] = [];
let hanging: string[] = [];
let log: string[] = [];

const check = (name: string) => async () => {
  if (name in checks) checks[name as 'one' | 'two']++;
  if (hanging.includes(name)) await new Promise(() => {});
  if (down.includes(name)) throw new Error(`${name} is down`);
};
const note = (_fields: object, message: string) => void log.push(message);
const probe = () =>
  new HealthProbe({
    hypervisors: ['one', 'two'].map((name) => ({ name, check: check(name) }) as unknown as HypervisorPort),
    tokens: { check: check('tokens') } as unknown as TokenStore,
    auth: { check: check('auth') } as unknown as AuthPort,
    logger: { debug: note, info: note, warn: note, error: note },
  });

beforeEach(() => {
  vi.useFakeTimers();
  [down, hanging, log, checks.one, checks.two] = [[], [], [], 0, 0];
});
afterEach(() => vi.useRealTimers());

describe('the health of the parts', () => {
  it('is known by name', async () => {
    down = ['two', 'auth'];
    expect(await probe().ask()).toEqual({
      hypervisors: new Map([
        ['one', true],
        ['two', false],
      ]),
      tokenStore: true,
      identity: false,
    });
  });

  it('is asked once a second, however many want to know', async () => {
    const health = probe();
    await Promise.all([health.ask(), health.ask(), health.ask()]);
    await vi.advanceTimersByTimeAsync(900);
    await health.ask();
    expect(checks).toEqual({ one: 1, two: 1 });
    await vi.advanceTimersByTimeAsync(200);
    await health.ask();
    expect(checks).toEqual({ one: 2, two: 2 });
  });

  it('does not wait for a part that hangs', async () => {
    hanging = ['one', 'tokens'];
    const answer = probe().ask();
    await vi.advanceTimersByTimeAsync(2_000);
    expect(await answer).toMatchObject({ tokenStore: false, identity: true });
  });

  it('is said in the log when it changes, and only then', async () => {
    const health = probe();
    for (const names of [[], ['two'], ['two'], [], []]) {
      down = names;
      await health.ask();
      await vi.advanceTimersByTimeAsync(1_500);
    }
    expect(log).toEqual(['hypervisor two does not answer', 'hypervisor two answers again']);
  });
});
