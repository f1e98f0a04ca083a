import { describe, expect, it } from 'vitest';
import { keystoneAuthConfig } from './keystone-auth-config.js';

const credentials = { username: 'nova', passwordFile: 'pw', project: 'service' };
const authUrl = 'http://keystone:5000/v3';

describe('the configuration', () => {
  it('has defaults', () => {
    expect(keystoneAuthConfig.parse({ authUrl, credentials })).toEqual({
      authUrl,
      credentials: { ...credentials, userDomain: 'Default', projectDomain: 'Default' },
      timeout: 5,
      cache: { ttl: 60, maxEntries: 10_000 },
      serviceTokenRoles: ['service'],
    });
  });

  it.each([
    'http://keystone:5000',
    'http://keystone:5000/',
    'http://keystone:5000/v3',
    'http://keystone:5000/v3/',
    'http://keystone:5000/v3//',
  ])('takes %s for the same Keystone', (url) => {
    expect(keystoneAuthConfig.parse({ authUrl: url, credentials }).authUrl).toBe('http://keystone:5000/v3');
  });

  it('keeps a path before /v3', () => {
    const config = keystoneAuthConfig.parse({ authUrl: 'https://cloud.example/identity', credentials });
    expect(config.authUrl).toBe('https://cloud.example/identity/v3');
  });

  it.each<[string, unknown, string[]]>([
    [
      'no password',
      { username: 'n', project: 'p' },
      ['credentials: needs exactly one of password and passwordFile'],
    ],
    [
      'two passwords',
      { ...credentials, password: 'x' },
      ['credentials: needs exactly one of password and passwordFile'],
    ],
    [
      'no secret',
      { applicationCredentialId: 'i' },
      ['credentials: needs exactly one of applicationCredentialSecret and applicationCredentialSecretFile'],
    ],
    [
      'both kinds',
      { ...credentials, applicationCredentialId: 'i', applicationCredentialSecret: 's' },
      ['credentials: Unrecognized keys: "username", "passwordFile", "project"'],
    ],
    [
      'a misspelt key',
      { ...credentials, userDomainName: 'x' },
      ['credentials: Unrecognized key: "userDomainName"'],
    ],
    ['nothing', undefined, ['credentials: Invalid input: expected object, received undefined']],
  ])('refuses credentials with %s', (_what, own, expected) => {
    const result = keystoneAuthConfig.safeParse({ authUrl, credentials: own });
    expect(result.error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)).toEqual(
      expected,
    );
  });

  it.each<[object, string]>([
    [{ authUrl: 'keystone:5000' }, 'authUrl'],
    [{ authUrl: 'file:///x' }, 'authUrl'],
    [{ timeout: 0 }, 'timeout'],
    [{ timeout: 61 }, 'timeout'],
    [{ cache: { ttl: -1 } }, 'cache.ttl'],
    [{ cache: { maxEntries: 0 } }, 'cache.maxEntries'],
    [{ serviceTokenRoles: [] }, 'serviceTokenRoles'],
    [{ insecure: true }, ''],
  ])('refuses %j', (change, where) => {
    const result = keystoneAuthConfig.safeParse({ authUrl, credentials, ...change });
    expect(result.error?.issues.map(({ path }) => path.join('.'))).toEqual([where]);
  });
});
