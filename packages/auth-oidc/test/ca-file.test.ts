import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Identity, TestAuthority } from '../../../scripts/fixtures/certificates.js';
import { createAuth, testContext } from './auth-context.js';
import { AUDIENCE, FakeIssuer } from './fake-issuer.js';

let authority: TestAuthority;
let stranger: TestAuthority;
beforeAll(() => {
  authority = new TestAuthority();
  stranger = new TestAuthority();
});
afterAll(() => {
  authority.remove();
  stranger.remove();
});

/** What becomes of a good token of an issuer with this certificate. */
async function attempt(identity: Identity, caFile: string | undefined) {
  const issuer = await FakeIssuer.start(identity);
  const config = { issuer: issuer.url, audience: AUDIENCE, roles: { users: ['member'] } };
  const auth = await createAuth({ ...config, ...(caFile !== undefined && { caFile }) }, testContext());
  try {
    return { ...(await auth.authenticate(await issuer.issue())), asked: issuer.asked };
  } catch (error) {
    return { code: (error as { code?: string }).code, asked: issuer.asked };
  } finally {
    await auth.close();
    await issuer.stop();
  }
}

describe('an issuer with TLS', () => {
  it('is believed by the authority that is configured', async () => {
    const outcome = await attempt(authority.issue('IP:127.0.0.1'), authority.caFile);
    expect(outcome).toMatchObject({ userId: 'alice', roles: ['member', 'reader'] });
  });

  it.each<[string, () => Identity, () => string | undefined]>([
    ["another's authority", () => authority.issue('IP:127.0.0.1'), () => stranger.caFile],
    ["none of the system's authorities", () => authority.issue('IP:127.0.0.1'), () => undefined],
    ['another name', () => authority.issue('DNS:login.example'), () => authority.caFile],
    ['the past', () => authority.issue('IP:127.0.0.1', 0), () => authority.caFile],
  ])('is asked nothing with a certificate of %s', async (_, identity, caFile) => {
    expect(await attempt(identity(), caFile())).toEqual({ code: 'identity-unavailable', asked: [] });
  });
});
