import { describe, expect, it, vi } from 'vitest';
import { authenticate } from './authenticate.js';

function setUp() {
  const ask = vi.fn(async () => ({ userId: 'u', roles: [] }));
  return { ask, auth: { challenge: '', authenticate: ask, check: async () => {}, close: async () => {} } };
}

describe('authenticate', () => {
  it.each([
    [{ 'x-auth-token': 't' }, ['t']],
    [{ 'x-storage-token': 's' }, ['s']],
    [{ 'x-auth-token': 't', 'x-storage-token': 's' }, ['t']],
    [{ 'x-auth-token': 't', 'x-service-token': 'v' }, ['t', 'v']],
    [{ 'x-auth-token': 't', 'x-service-token': '' }, ['t']],
  ])('asks for %j', async (headers, asked) => {
    const { ask, auth } = setUp();
    await authenticate(auth, headers);
    expect(ask.mock.calls).toEqual([asked]);
  });

  it.each([{}, { 'x-auth-token': '' }, { 'x-service-token': 'v' }, { 'x-user-id': 'u', 'x-roles': 'admin' }])(
    'refuses %j without asking',
    async (headers) => {
      const { ask, auth } = setUp();
      await expect(async () => authenticate(auth, headers)).rejects.toMatchObject({
        code: 'unauthenticated',
      });
      expect(ask).not.toHaveBeenCalled();
    },
  );
});
