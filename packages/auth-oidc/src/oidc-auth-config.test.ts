import { describe, expect, it } from 'vitest';
import { oidcAuthConfig } from './oidc-auth-config.js';

const base = { issuer: 'https://login.example', audience: 'remote-consoles', roles: { users: ['member'] } };
const problems = (change: object) =>
  oidcAuthConfig
    .safeParse({ ...base, ...change })
    .error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);

describe('the configuration', () => {
  it('has defaults', () => {
    expect(oidcAuthConfig.parse(base)).toEqual({
      ...base,
      algorithms: ['RS256', 'PS256', 'ES256', 'EdDSA'],
      claims: { user: ['sub'], roles: ['roles'] },
      timeout: 5,
      clockTolerance: 5,
    });
  });

  it.each([
    'https://login.example/realms/x/',
    'http://localhost:8080',
    'http://127.0.0.1:1/',
    'http://[::1]:1',
  ])('accepts the issuer %s as it is', (issuer) => {
    expect(oidcAuthConfig.parse({ ...base, issuer }).issuer).toBe(issuer);
  });

  it.each<[object, string[]]>([
    [{ issuer: 'http://login.example' }, ['issuer: must be an https:// URL']],
    [{ issuer: 'login.example' }, ['issuer: must be an https:// URL']],
    [{ algorithms: [] }, ['algorithms: Too small: expected array to have >=1 items']],
    [{ audience: [] }, ['audience: Too small: expected array to have >=1 items']],
    [{ roles: undefined }, ['roles: Invalid input: expected record, received undefined']],
    [
      { project: 'p', claims: { project: 'project' } },
      ['project: is for issuers without a claim that names the project: give project or claims.project'],
    ],
    [{ insecure: true }, [': Unrecognized key: "insecure"']],
  ])('refuses %j', (change, expected) => {
    expect(problems(change)).toEqual(expected);
  });

  it.each(['none', 'HS256', 'HS512', 'RSA1_5'])('refuses the algorithm %s', (algorithm) => {
    expect(problems({ algorithms: [algorithm] })?.[0]).toMatch(/^algorithms.0: Invalid option/);
  });
});
