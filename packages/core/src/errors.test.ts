import { describe, expect, it } from 'vitest';
import * as errors from './errors.js';

describe('ConsoleError', () => {
  it('is an Error with a code, a name and its cause', () => {
    const cause = new Error('ECONNREFUSED');
    const error = errors.hypervisorUnavailable('esx-1', cause);
    expect(error).toBeInstanceOf(Error);
    expect(error).toMatchObject({ name: 'ConsoleError', code: 'hypervisor-unavailable', cause });
    expect(error.message).toBe('hypervisor esx-1 does not answer; try again later');
  });

  it.each<[errors.ConsoleError, string]>([
    [errors.unauthenticated(), 'The request you have made requires authentication.'],
    [
      errors.forbidden('os_compute_api:os-remote-consoles'),
      "Policy doesn't allow os_compute_api:os-remote-consoles to be performed.",
    ],
    [errors.serverNotFound('x'), 'Instance x could not be found.'],
    [errors.serverNotReady('x'), 'Instance x is not ready'],
    [
      errors.serverStateInvalid('x', 'get_vnc_console', 'task_state', 'migrating'),
      "Cannot 'get_vnc_console' instance x while it is in task_state migrating",
    ],
    [errors.consoleTypeInvalid('novnc'), 'Invalid console type novnc'],
    [errors.consoleTypeUnavailable('spice'), 'Unavailable console type spice.'],
    [errors.consoleNotImplemented(), 'The requested functionality is not supported.'],
    [errors.consoleOutputUnavailable(), 'Guest does not have a console available.'],
    [errors.tokenNotFound(), 'Token not found'],
    [errors.identityUnavailable(), 'The Keystone service is temporarily unavailable.'],
  ])("says Nova's own words: %s", (error, message) => {
    expect(error.message).toBe(message);
  });
});
