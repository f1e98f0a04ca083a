import { describe, expect, it } from 'vitest';
import { powerState, serverStatus, VM_STATES, type VmState } from './server.js';

const EXPECTED: Record<VmState, [status: string, power: number]> = {
  active: ['ACTIVE', 1],
  building: ['BUILD', 0],
  paused: ['PAUSED', 3],
  suspended: ['SUSPENDED', 7],
  stopped: ['SHUTOFF', 4],
  rescued: ['RESCUE', 1],
  resized: ['VERIFY_RESIZE', 1],
  'soft-delete': ['SOFT_DELETED', 0],
  deleted: ['DELETED', 0],
  error: ['ERROR', 0],
  shelved: ['SHELVED', 4],
  shelved_offloaded: ['SHELVED_OFFLOADED', 0],
};

describe("a server's state in the API's words", () => {
  it.each(VM_STATES)('%s', (vmState) => {
    expect([serverStatus({ vmState }), powerState({ vmState })]).toEqual(EXPECTED[vmState]);
  });

  it('shows a live migration, and only a live one', () => {
    expect(serverStatus({ vmState: 'active', taskState: 'migrating' })).toBe('MIGRATING');
    expect(serverStatus({ vmState: 'stopped', taskState: 'migrating' })).toBe('SHUTOFF');
    expect(serverStatus({ vmState: 'active', taskState: 'rebooting' })).toBe('ACTIVE');
  });
});
