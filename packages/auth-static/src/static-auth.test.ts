import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import type { AdapterContext } from '@remote-consoles/core';
import { describeAuthPort } from '@remote-consoles/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import adapter from './index.js';
import { sha256 } from './static-auth-config.js';

const quiet = () => undefined;
const context = (configDirectory = '/'): AdapterContext => ({
  name: 'auth',
  configDirectory,
  logger: { debug: quiet, info: quiet, warn: quiet, error: quiet },
  clock: { now: () => Date.now() },
  random: { uuid: () => '' },
  digest: { sha256 },
});

let directory = '';
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'auth-static-'));
});
afterAll(() => rm(directory, { recursive: true }));

async function validate(config: unknown) {
  return adapter.configSchema['~standard'].validate(config);
}

async function problems(config: unknown): Promise<string[]> {
  const { issues = [] } = await validate(config);
  return issues.map(({ path = [], message }) => `${path.join('.')}: ${message}`);
}

async function create(config: unknown, from = directory) {
  const result = await validate(config);
  if (result.issues) throw new Error(JSON.stringify(result.issues));
  return adapter.create(result.value, context(from));
}

const member = { user: 'm', project: 'p', roles: ['member'] };

describeAuthPort(
  'static tokens',
  async () => {
    await writeFile(join(directory, 'reader-token'), 'token-of-the-reader\n');
    const port = await create({
      tokens: [
        { ...member, token: 'token-of-the-member' },
        { user: 'a', roles: ['admin'], tokenSha256: sha256('token-of-the-admin').toUpperCase() },
        { user: 'r', project: 'p', roles: ['reader', 'observer'], tokenFile: 'reader-token' },
      ],
    });
    return {
      port,
      tokens: [
        {
          token: 'token-of-the-member',
          credentials: { userId: 'm', projectId: 'p', roles: ['member', 'reader'] },
        },
        {
          token: 'token-of-the-admin',
          credentials: { userId: 'a', roles: ['admin', 'manager', 'member', 'reader'] },
        },
        {
          token: 'token-of-the-reader',
          credentials: { userId: 'r', projectId: 'p', roles: ['reader', 'observer'] },
        },
      ],
    };
  },
  { lacks: ['former', 'makeUnavailable'] },
);

describe('a token', () => {
  it('does not open by its digest', async () => {
    const port = await create({ tokens: [{ ...member, tokenSha256: sha256('the-token-itself') }] });
    await expect(port.authenticate(sha256('the-token-itself'))).rejects.toMatchObject({
      code: 'unauthenticated',
    });
    await expect(port.authenticate('the-token-itself')).resolves.toMatchObject({ userId: 'm' });
  });

  it('is not kept in readable form', async () => {
    const port = await create({ tokens: [{ ...member, token: 'token-of-the-member' }] });
    expect(inspect(port, { depth: null, showHidden: true })).not.toContain('token-of-the-member');
  });

  it('is told apart by case', async () => {
    const port = await create({ tokens: [{ ...member, token: 'Token-Of-M' }] });
    await expect(port.authenticate('token-of-m')).rejects.toMatchObject({ code: 'unauthenticated' });
  });
});

describe('the challenge', () => {
  const tokens = [{ ...member, token: 'token-of-m' }];

  it('names the place to get a token', async () => {
    const port = await create({ tokens, authenticateUri: 'https://keystone.example/v3' });
    expect(port.challenge).toBe('Keystone uri="https://keystone.example/v3"');
    expect((await create({ tokens })).challenge).toBe('Keystone uri="http://127.0.0.1:5000/v3"');
  });

  it('cannot be broken out of', async () => {
    const port = await create({ tokens, authenticateUri: 'https://h/"\r\nX: y' });
    expect(port.challenge).toMatch(/^Keystone uri="[^"\r\n]+"$/);
  });
});

describe('the configuration', () => {
  it.each<[string, unknown, string[]]>([
    ['no tokens', { tokens: [] }, ['tokens: at least one token is needed']],
    ['nothing', {}, ['tokens: Invalid input: expected array, received undefined']],
    [
      'a token twice',
      {
        tokens: [
          { ...member, token: 'token-of-m' },
          { ...member, token: 'token-of-m' },
        ],
      },
      ['tokens.1: is the same token as tokens[0]'],
    ],
    [
      'a token twice, once hashed',
      {
        tokens: [
          { ...member, token: 'token-of-m' },
          { ...member, tokenSha256: sha256('token-of-m').toUpperCase() },
        ],
      },
      ['tokens.1: is the same token as tokens[0]'],
    ],
    [
      'a file twice',
      {
        tokens: [
          { ...member, tokenFile: 'f' },
          { ...member, tokenFile: 'f' },
        ],
      },
      ['tokens.1: is the same token as tokens[0]'],
    ],
    ['no token', { tokens: [member] }, ['tokens.0: needs exactly one of token, tokenSha256 and tokenFile']],
    [
      'two tokens in one',
      { tokens: [{ ...member, token: 'token-of-m', tokenFile: 'f' }] },
      ['tokens.0: needs exactly one of token, tokenSha256 and tokenFile'],
    ],
    [
      'every problem at once',
      {
        tokens: [
          { user: '', roles: 'admin', token: 'short' },
          { ...member, tokenSha256: 'abc' },
          { ...member, token: 'token of m' },
        ],
        authenticateUri: 'file:///etc/passwd',
        extra: 1,
      },
      [
        'tokens.0.user: Too small: expected string to have >=1 characters',
        'tokens.0.roles: Invalid input: expected array, received string',
        'tokens.0.token: must be 8 to 4096 visible ASCII characters',
        'tokens.1.tokenSha256: must be the SHA-256 of the token, 64 hex digits',
        'tokens.2.token: must be 8 to 4096 visible ASCII characters',
        'authenticateUri: must be an http:// or https:// URL',
        ': Unrecognized key: "extra"',
      ],
    ],
    [
      'a misspelt key',
      { tokens: [{ ...member, token: 'token-of-m', role: 'admin' }] },
      ['tokens.0: Unrecognized key: "role"'],
    ],
    ['no object', { tokens: ['token-of-m'] }, ['tokens.0: Invalid input: expected object, received string']],
  ])('refuses %s', async (_what, config, expected) => {
    expect((await problems(config)).sort()).toEqual([...expected].sort());
  });

  it('repeats no token in its problems', async () => {
    const found = await problems({
      tokens: [
        { ...member, token: 'hunter2 hunter2' },
        { ...member, tokenSha256: 'hunter2' },
      ],
    });
    expect(found).toHaveLength(2);
    expect(found.join()).not.toContain('hunter2');
  });
});

describe('a token file', () => {
  it('that is missing is named', async () => {
    const config = { tokens: [{ ...member, tokenFile: 'nowhere' }] };
    await expect(create(config)).rejects.toThrow(
      `cannot read the token file ${join(directory, 'nowhere')}: ENOENT`,
    );
  });

  it.each(['', '\n', 'short', 'two words of text'])(
    'that holds %j is refused without being shown',
    async (text) => {
      await writeFile(join(directory, 'bad'), text);
      await expect(create({ tokens: [{ ...member, tokenFile: 'bad' }] })).rejects.toThrow(
        `${join(directory, 'bad')} must hold one token of 8 to 4096 visible ASCII characters`,
      );
    },
  );

  it('with the token of another entry is refused', async () => {
    await writeFile(join(directory, 'same'), 'token-of-m');
    const config = {
      tokens: [
        { ...member, token: 'token-of-m' },
        { ...member, tokenFile: 'same' },
      ],
    };
    await expect(create(config)).rejects.toThrow('tokens[1] is the same token as one before it');
  });
});
