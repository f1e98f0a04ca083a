import { describeAuthPort } from '@remote-consoles/testkit';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createAuth, testContext } from './auth-context.js';
import { AUDIENCE, RealIssuer, signingKey } from './real-issuer.js';

const CLAIMS = { project_id: 'p', groups: { consoles: ['operators', 'strangers'] } };
const config = {
  audience: AUDIENCE,
  claims: { project: 'project_id', roles: ['groups', 'consoles'] },
  roles: { operators: ['member'] },
  timeout: 2,
};
const CREDENTIALS = { userId: 'alice', projectId: 'p', roles: ['member', 'reader'] };

const issuer = new RealIssuer(20_620);
beforeAll(() => {
  // It says of each issuer that its memory is for development, which is true.
  vi.spyOn(console, 'warn').mockReturnValue();
  vi.spyOn(console, 'info').mockReturnValue();
});
afterAll(() => issuer.stop());

describe.each(['ES256', 'RS256', 'EdDSA'] as const)('oidc-provider with %s', (algorithm) => {
  describeAuthPort(`OpenID Connect with ${algorithm}`, async () => {
    const keys = [await signingKey('one', algorithm)];
    await issuer.start(keys, CLAIMS, 1);
    const former = await issuer.issue();
    await issuer.start(keys, CLAIMS);
    // Expired by more than the tolerance of clocks.
    const context = testContext();
    context.clock.time += 8000;
    const port = await createAuth({ ...config, issuer: issuer.url }, context);
    return {
      port,
      tokens: [{ token: await issuer.issue(), credentials: CREDENTIALS }],
      former: [former],
      makeUnavailable: () => issuer.stop(),
      dispose: async () => {
        await port.close();
        await issuer.stop();
      },
    };
  });
});

describe('oidc-provider', () => {
  it('refuses a token that was issued for another API by the same issuer', async () => {
    await issuer.start([await signingKey('one', 'ES256')], CLAIMS);
    const port = await createAuth({ ...config, issuer: issuer.url }, testContext());
    const token = await issuer.issue('https://another.example/api');
    await expect(port.authenticate(token)).rejects.toMatchObject({ code: 'unauthenticated' });
  });

  it('may rotate its keys', async () => {
    const [first, second] = [await signingKey('first', 'ES256'), await signingKey('second', 'RS256')];
    await issuer.start([first], CLAIMS);
    const port = await createAuth({ ...config, issuer: issuer.url }, testContext());
    const old = await issuer.issue();
    await expect(port.authenticate(old)).resolves.toEqual(CREDENTIALS);
    await issuer.start([second, first], CLAIMS);
    // Keys are not looked for again within 10 s.
    await new Promise((resolve) => setTimeout(resolve, 10_100));
    await expect(port.authenticate(await issuer.issue())).resolves.toEqual(CREDENTIALS);
    await expect(port.authenticate(old)).resolves.toEqual(CREDENTIALS);
  });
});
