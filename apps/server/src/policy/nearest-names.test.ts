import { POLICY_RULES } from '@remote-consoles/core';
import { describe, expect, it } from 'vitest';
import { didYouMean, nearestNames } from './nearest-names.js';

describe('the nearest names', () => {
  it.each([
    ['os_compute_api:os-remote-console', 'os_compute_api:os-remote-consoles'],
    ['os_compute_api:os-remote-cnosoles', 'os_compute_api:os-remote-consoles'],
    ['OS_compute_api:servers:Show', 'os_compute_api:servers:show'],
  ])('of %s', (wanted, first) => {
    expect(nearestNames(wanted, POLICY_RULES)[0]).toBe(first);
  });

  it('are none where nothing is like it', () => {
    expect(nearestNames('os_compute_api:os-flavor-access', POLICY_RULES)).toEqual([]);
    expect(nearestNames('x', ['a', 'b'])).toEqual([]);
    expect(didYouMean('x', ['a', 'b'])).toBe('');
  });

  it('are three at most, the nearest first', () => {
    const names = ['rule-4444', 'rule-1114', 'rule-1111', 'rule-1144'];
    expect(nearestNames('rule-1112', names)).toEqual(['rule-1114', 'rule-1111', 'rule-1144']);
    expect(didYouMean('rule-1115', ['rule-1111', 'other'])).toBe('; did you mean rule-1111?');
  });
});
