import { describe, expect, it } from 'vitest';
import { graphicsPhase, lifecycleEvent } from './domain-events.js';
import { domainState } from './domain-state.js';

describe('domainState', () => {
  it.each([
    [1, 1, 'running', 'booted'],
    [3, 1, 'paused', 'user'],
    [3, 2, 'paused', 'migration'],
    [3, 14, 'paused', 'api-error'],
    [4, 1, 'shutdown', 'user'],
    [5, 0, 'shutoff', 'unknown'],
    [5, 3, 'shutoff', 'crashed'],
    [5, 8, 'shutoff', 'daemon'],
    [6, 1, 'crashed', 'panicked'],
    [7, 0, 'pmsuspended', 'unknown'],
    [99, 0, 'unknown', 'unknown'],
    [1, 99, 'running', 'unknown'],
    [-1, -1, 'unknown', 'unknown'],
  ])('reads state %i, reason %i as %s, %s', (state, reason, name, why) => {
    expect(domainState(state, reason)).toEqual({ state: name, reason: why });
  });
});

describe('lifecycleEvent', () => {
  it.each([
    [0, 1, 'defined', 'updated'],
    [1, 0, 'undefined', 'removed'],
    [2, 0, 'started', 'booted'],
    [3, 1, 'suspended', 'migrated'],
    [4, 0, 'resumed', 'unpaused'],
    [5, 2, 'stopped', 'crashed'],
    [5, 3, 'stopped', 'migrated'],
    [6, 1, 'shutdown', 'guest'],
    [8, 0, 'crashed', 'panicked'],
    [42, 0, 'unknown', 'unknown'],
    [5, 42, 'stopped', 'unknown'],
  ])('reads event %i, detail %i as %s, %s', (event, detail, type, why) => {
    expect(lifecycleEvent(event, detail)).toEqual({ type, detail: why });
  });
});

it('reads the phases of a display client', () => {
  expect([0, 1, 2, 3].map(graphicsPhase)).toEqual(['connect', 'initialize', 'disconnect', 'unknown']);
});
