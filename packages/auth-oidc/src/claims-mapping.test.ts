import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ClaimsMapping, credentialsFrom } from './claims-mapping.js';

const mapping: ClaimsMapping = {
  user: ['sub'],
  project: ['project'],
  roles: ['roles'],
  rolesOf: new Map([
    ['admins', ['admin']],
    ['users', ['member']],
  ]),
};

describe('credentialsFrom', () => {
  it.each<[object, object]>([
    [
      { sub: 'a', project: 'p', roles: ['users'] },
      { userId: 'a', projectId: 'p', roles: ['member', 'reader'] },
    ],
    [
      { sub: 'a', roles: 'openid admins' },
      { userId: 'a', roles: ['admin', 'manager', 'member', 'reader'] },
    ],
    [
      { sub: 'a', project: '', roles: ['strangers', 'admin', 'member'] },
      { userId: 'a', roles: [] },
    ],
    [
      { sub: 'a', project: 7, roles: { users: true } },
      { userId: 'a', roles: [] },
    ],
    [
      { sub: 'a', roles: [['users'], null, 1, 'constructor', '__proto__'] },
      { userId: 'a', roles: [] },
    ],
    [{ sub: 'a' }, { userId: 'a', roles: [] }],
  ])('%j', (claims, credentials) => {
    expect(credentialsFrom(claims, mapping)).toEqual(credentials);
  });

  it.each([{}, { sub: '' }, { sub: 1 }, { sub: null }, { sub: ['a'] }])('finds no user in %j', (claims) => {
    expect(credentialsFrom({ roles: ['admins'], ...claims }, mapping)).toBeUndefined();
  });

  it('finds claims inside others, and names with dots as they are', () => {
    const deep = { ...mapping, roles: ['realm_access', 'roles'], user: ['https://example.com/user.id'] };
    const claims = { 'https://example.com/user.id': 'a', realm_access: { roles: ['users'] } };
    expect(credentialsFrom(claims, deep)).toEqual({ userId: 'a', roles: ['member', 'reader'] });
  });

  it('gives everybody the fixed project where no claim is to name one', () => {
    const { project: _, ...rest } = mapping;
    const fixed = { ...rest, fixedProject: 'the-project' };
    expect(credentialsFrom({ sub: 'a', project: 'p' }, fixed)).toMatchObject({ projectId: 'the-project' });
  });

  it('gives no role that is not mapped, whatever the claims', () => {
    fc.assert(
      fc.property(
        fc.object({ key: fc.constantFrom('sub', 'roles', 'project', '__proto__', 'x') }),
        (claims) => {
          const roles = credentialsFrom(claims, { ...mapping, rolesOf: new Map() })?.roles ?? [];
          expect(roles).toEqual([]);
        },
      ),
    );
  });

  it('looks at own claims only, along any path', () => {
    for (const path of [['constructor', 'name'], ['__proto__', 'x'], ['toString'], ['sub', 'length']]) {
      expect(credentialsFrom({ sub: 'a' }, { ...mapping, user: path })).toBeUndefined();
    }
  });
});
