import { describe, expect, it } from 'vitest';
import { serverEventKind } from './server-event.js';
import { fullPresence, presence, serverState } from './server-state.js';

describe('serverState', () => {
  it.each([
    ['running', 'booted', { vmState: 'active' }],
    ['blocked', 'unknown', { vmState: 'active' }],
    ['paused', 'user', { vmState: 'paused' }],
    ['paused', 'io-error', { vmState: 'paused' }],
    ['paused', 'migration', { vmState: 'active', taskState: 'migrating' }],
    ['paused', 'starting-up', { vmState: 'building' }],
    ['paused', 'save', { vmState: 'active', taskState: 'suspending' }],
    ['paused', 'snapshot', { vmState: 'active', taskState: 'image_snapshot' }],
    ['paused', 'shutting-down', { vmState: 'active', taskState: 'powering-off' }],
    ['shutdown', 'user', { vmState: 'active', taskState: 'powering-off' }],
    ['shutoff', 'destroyed', { vmState: 'stopped' }],
    ['shutoff', 'crashed', { vmState: 'stopped' }],
    ['shutoff', 'saved', { vmState: 'suspended' }],
    ['crashed', 'panicked', { vmState: 'error' }],
    ['pmsuspended', 'unknown', { vmState: 'paused' }],
    ['unknown', 'unknown', { vmState: 'error' }],
  ] as const)('%s, %s', (state, reason, expected) => {
    expect(serverState({ state, reason })).toEqual(expected);
  });
});

describe('presence', () => {
  it('puts the host where a server runs before the one it comes to, and that before the one it left', () => {
    const running = presence({ state: 'running', reason: 'migrated' });
    const coming = presence({ state: 'paused', reason: 'migration' });
    const stopped = presence({ state: 'shutoff', reason: 'shutdown' });
    const left = presence({ state: 'shutoff', reason: 'migrated' });
    expect(running).toBe(fullPresence);
    expect(presence({ state: 'paused', reason: 'user' })).toBe(fullPresence);
    expect([left, stopped, coming, running].toSorted((a, b) => a - b)).toEqual([
      left,
      stopped,
      coming,
      running,
    ]);
    expect(new Set([left, stopped, coming, running]).size).toBe(4);
  });
});

describe('serverEventKind', () => {
  it.each([
    ['stopped', 'shutdown', 'stopped'],
    ['stopped', 'destroyed', 'stopped'],
    ['stopped', 'failed', 'crashed'],
    ['stopped', 'crashed', 'crashed'],
    ['stopped', 'migrated', 'migrated'],
    ['stopped', 'saved', 'suspended'],
    ['undefined', 'removed', 'deleted'],
    ['undefined', 'renamed', undefined],
    ['defined', 'updated', undefined],
    ['started', 'booted', undefined],
    ['suspended', 'paused', undefined],
    ['resumed', 'unpaused', undefined],
    ['shutdown', 'finished', undefined],
    ['crashed', 'panicked', undefined],
    ['unknown', 'unknown', undefined],
  ] as const)('%s, %s', (type, detail, expected) => {
    expect(serverEventKind({ uuid: 'u', name: 'n', type, detail })).toBe(expected);
  });
});
