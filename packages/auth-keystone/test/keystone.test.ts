import { inspect } from 'node:util';
import type { AuthPort, Credentials } from '@remote-consoles/core';
import { describeAuthPort } from '@remote-consoles/testkit';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { KeystoneFixture, type KeystoneUser } from '../../../scripts/fixtures/keystone-fixture.js';
import { createAuth, testContext } from './auth-context.js';

const fixture = await KeystoneFixture.start({ name: 'auth-keystone', port: 20_510 });
afterAll(() => fixture?.stop());

/** s: enough for a Keystone on a busy machine, and short where it is to be frozen */
const [PATIENT, FROZEN] = [10, 1];
const open: AuthPort[] = [];
afterEach(async () => {
  fixture?.thaw();
  await Promise.all(open.splice(0).map((port) => port.close()));
});

/** Again and again while a busy machine answers later than a short timeout allows. */
function authenticatePatiently(port: AuthPort, token: string): Promise<Credentials> {
  return vi.waitFor(() => port.authenticate(token), { timeout: 20_000, interval: 200 });
}

describe.skipIf(!fixture)('a real Keystone', () => {
  // The suite is skipped without it.
  const keystone = fixture as KeystoneFixture;

  const member = keystone?.report.users.member.id;

  it.each([
    ['reader', ['reader']],
    ['norole', ['observer']],
  ] as const)('%s has the roles %j', async (name, roles) => {
    const { port } = await create();
    const { id } = keystone.report.users[name];
    const credentials = { userId: id, projectId: keystone.report.projects.demo, roles };
    expect(await port.authenticate(await keystone.issue(name))).toEqual(credentials);
  });

  const create = async (config: object = {}) => {
    const context = testContext();
    const port = await createAuth(
      {
        authUrl: keystone.report.authUrl,
        credentials: { username: 'nova', password: 'nova-pw', project: 'service' },
        timeout: PATIENT,
        cache: { ttl: 0 },
        ...config,
      },
      context,
    );
    open.push(port);
    return { port, context };
  };

  describeAuthPort('Keystone', async () => {
    const { port } = await create({ timeout: 6, cache: { ttl: 60 } });
    const { users, projects } = keystone.report;
    const sample = async (name: KeystoneUser, projectId: string, roles: string[]) => ({
      token: await keystone.issue(name),
      credentials: { userId: users[name].id, projectId, roles },
    });
    const revoked = await keystone.issue('member');
    await keystone.revoke(revoked);
    return {
      port,
      tokens: [
        await sample('member', projects.demo, ['member', 'reader']),
        await sample('admin', projects.demo, ['admin', 'member', 'reader']),
        await sample('other', projects.other, ['member', 'reader']),
      ],
      former: [revoked],
      makeUnavailable: () => keystone.freeze(),
      deadline: 20_000,
      dispose: () => keystone.thaw(),
    };
  });

  it.each([
    ['no scope', null],
    ['a domain', { domain: { id: 'default' } }],
    ['the system', { system: { all: true } }],
  ])("an administrator's token for %s makes nobody an administrator here", async (_scope, scope) => {
    const { port } = await create();
    const token = await keystone.issue('admin', scope);
    expect(await port.authenticate(token)).toEqual({ userId: keystone.report.users.admin.id, roles: [] });
  });

  it('logs in with an application credential', async () => {
    const { id, secret } = keystone.report.applicationCredential;
    const credentials = { applicationCredentialId: id, applicationCredentialSecret: secret };
    const { port } = await create({ credentials });
    await expect(port.check()).resolves.toBeUndefined();
    await expect(port.authenticate(await keystone.issue('member'))).resolves.toMatchObject({
      userId: member,
    });
  });

  it('says identity-unavailable, and what to do, where our own password is wrong', async () => {
    const { port, context } = await create({
      credentials: { username: 'nova', password: 'not-the-password', project: 'service' },
    });
    const failure = await port.authenticate(await keystone.issue('member')).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'identity-unavailable' });
    expect(context.lines.map(({ message }) => message)).toEqual([
      'Keystone refuses our own credentials: check auth.options.credentials',
    ]);
    expect(inspect([failure, context.lines], { depth: null })).not.toContain('not-the-password');
  });

  it('says so where our own account may not validate tokens', async () => {
    const { port, context } = await create({
      credentials: { username: 'norole', password: 'norole-pw', project: 'demo' },
    });
    await expect(port.authenticate(await keystone.issue('member'))).rejects.toMatchObject({
      code: 'identity-unavailable',
    });
    expect(context.lines.at(-1)?.message).toContain('role service or admin');
  });

  it('believes a revoked token for the configured time only', async () => {
    const { port, context } = await create({ cache: { ttl: 30 } });
    const token = await keystone.issue('member');
    await port.authenticate(token);
    await keystone.revoke(token);
    await expect(port.authenticate(token)).resolves.toMatchObject({ userId: member });
    context.clock.time += 30_000;
    await expect(port.authenticate(token)).rejects.toMatchObject({ code: 'unauthenticated' });
  });

  it('no longer knows a user who was disabled', async () => {
    const { port } = await create();
    const token = await keystone.issue('norole');
    await port.authenticate(token);
    const path = `/users/${keystone.report.users.norole.id}`;
    await keystone.request('PATCH', path, { user: { enabled: false } });
    await expect(port.authenticate(token)).rejects.toMatchObject({ code: 'unauthenticated' });
    await keystone.request('PATCH', path, { user: { enabled: true } });
  });

  it('renews its own token where that was revoked', async () => {
    const { port } = await create();
    await port.check();
    // A changed password revokes every token of the account.
    const path = `/users/${keystone.report.users.nova.id}`;
    await keystone.request('PATCH', path, { user: { password: 'nova-pw' } });
    // Keystone counts in seconds: a token of the same second would be taken for a revoked one.
    await new Promise((resolve) => setTimeout(resolve, 1100));
    await expect(port.authenticate(await keystone.issue('member'))).resolves.toMatchObject({
      userId: member,
    });
  });

  it('outlives an outage and a restart of Keystone', async () => {
    const { port } = await create();
    const token = await keystone.issue('member');
    await port.authenticate(token);
    await keystone.halt();
    await expect(port.authenticate(token)).rejects.toMatchObject({ code: 'identity-unavailable' });
    await expect(port.check()).rejects.toMatchObject({ code: 'identity-unavailable' });
    await keystone.restart();
    await expect(port.authenticate(token)).resolves.toMatchObject({ userId: member });
  });

  it('answers from memory while Keystone is frozen, and says so of what it does not remember', async () => {
    const { port } = await create({ timeout: FROZEN, cache: { ttl: 60 } });
    const [known, unknown] = [await keystone.issue('member'), await keystone.issue('reader')];
    await authenticatePatiently(port, known);
    keystone.freeze();
    await expect(port.authenticate(known)).resolves.toMatchObject({ userId: member });
    await expect(port.authenticate(unknown)).rejects.toMatchObject({ code: 'identity-unavailable' });
    keystone.thaw();
    expect(await authenticatePatiently(port, unknown)).toMatchObject({ roles: ['reader'] });
  });

  it('refuses a token that has expired, unless a service vouches for the user', async () => {
    await keystone.restart(8);
    const { port } = await create();
    const token = await keystone.issue('member');
    await expect(port.authenticate(token)).resolves.toMatchObject({ userId: member });
    await keystone.restart();
    await new Promise((resolve) => setTimeout(resolve, 8000));
    await expect(port.authenticate(token)).rejects.toMatchObject({ code: 'unauthenticated' });
    const vouched = port.authenticate(token, await keystone.issue('nova'));
    await expect(vouched).resolves.toMatchObject({ userId: member });
    const unqualified = port.authenticate(token, await keystone.issue('member'));
    await expect(unqualified).rejects.toMatchObject({ code: 'unauthenticated' });
  }, 180_000);
});
