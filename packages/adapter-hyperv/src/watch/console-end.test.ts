import type { VmState } from '@remote-consoles/core';
import { describe, expect, it } from 'vitest';
import { consoleEnd } from './console-end.js';

const vm = (vmState: VmState, serverId = 's') => ({ serverId, vmState });

describe('consoleEnd', () => {
  it.each<[VmState, VmState, string | undefined]>([
    ['active', 'stopped', 'stopped'],
    ['active', 'suspended', 'suspended'],
    ['active', 'error', 'crashed'],
    ['paused', 'stopped', 'stopped'],
    ['active', 'paused', undefined],
    ['paused', 'active', undefined],
    ['active', 'active', undefined],
    ['stopped', 'suspended', undefined],
    ['suspended', 'stopped', undefined],
    ['error', 'stopped', undefined],
    ['stopped', 'active', undefined],
  ])('from %s to %s is %s', (before, after, kind) => {
    expect(consoleEnd(vm(before), vm(after))).toEqual(kind && { serverId: 's', kind });
  });

  it('is the end of the old server where the id has changed', () => {
    expect(consoleEnd(vm('active'), vm('active', 'other'))).toEqual({ serverId: 's', kind: 'deleted' });
  });
});
