import type { AuthPort } from '@remote-consoles/core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { TestAuthority } from '../../../scripts/fixtures/certificates.js';
import { createAuth, testContext } from './auth-context.js';
import { FakeKeystone } from './fake-keystone.js';

const unavailable = { code: 'identity-unavailable' };

let authority: TestAuthority;
let stranger: TestAuthority;
let keystone: FakeKeystone | undefined;
let port: AuthPort | undefined;

beforeAll(() => {
  authority = new TestAuthority();
  stranger = new TestAuthority();
});
afterEach(async () => {
  await port?.close();
  await keystone?.stop();
});
afterAll(() => {
  authority.remove();
  stranger.remove();
});

async function connect(names: string, caFile: string | undefined, days?: number): Promise<AuthPort> {
  keystone = await FakeKeystone.start(authority.issue(names, days));
  keystone.tokens.set('a-token', { user: { id: 'm' } });
  const config = { authUrl: keystone.url, ...(caFile !== undefined && { caFile }) };
  port = await createAuth(config, testContext());
  return port;
}

describe('a Keystone with TLS', () => {
  it('is believed by the authority that is configured', async () => {
    const auth = await connect('IP:127.0.0.1', authority.caFile);
    await expect(auth.authenticate('a-token')).resolves.toMatchObject({ userId: 'm' });
    await expect(auth.check()).resolves.toBeUndefined();
  });

  it.each<[string, string, () => string | undefined, number?]>([
    ["of another's authority", 'IP:127.0.0.1', () => stranger.caFile],
    ["of none of the system's authorities", 'IP:127.0.0.1', () => undefined],
    ['under another name', 'DNS:keystone.example', () => authority.caFile],
    ['that has expired', 'IP:127.0.0.1', () => authority.caFile, 0],
  ])('is not told a token or password with a certificate %s', async (_, names, caFile, days) => {
    const auth = await connect(names, caFile(), days);
    await expect(auth.authenticate('a-token')).rejects.toMatchObject(unavailable);
    await expect(auth.check()).rejects.toMatchObject(unavailable);
    expect(keystone?.asked).toEqual([]);
  });

  it('needs an authority that can be read', async () => {
    const config = { authUrl: 'https://keystone.example', caFile: 'absent.pem' };
    await expect(createAuth(config, testContext())).rejects.toThrow(
      'cannot read /nonexistent/absent.pem: ENOENT',
    );
  });
});
