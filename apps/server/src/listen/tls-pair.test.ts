import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Identity, TestAuthority } from '../../../../scripts/fixtures/certificates.js';
import { readTlsPair, TlsPairError } from './tls-pair.js';

let authority: TestAuthority;
let good: Identity;
let other: Identity;
let expired: Identity;
const file = (name: string) => join(authority.directory, name);

beforeAll(() => {
  authority = new TestAuthority();
  good = authority.issue('DNS:one');
  other = authority.issue('DNS:two');
  expired = authority.issue('DNS:three', 0);
  writeFileSync(file('chain.pem'), good.cert + authority.ca);
  writeFileSync(file('wrong-order.pem'), authority.ca + good.cert);
  writeFileSync(file('half.key'), good.key.slice(0, 600));
  writeFileSync(file('empty'), '');
  execFileSync(
    'openssl',
    ['rsa', '-aes128', '-passout', 'pass:x', '-in', good.keyFile, '-out', file('locked.key')],
    {
      stdio: 'ignore',
    },
  );
});
afterAll(() => authority.remove());

const read = (certificateFile: string, keyFile: string) =>
  readTlsPair({ certificateFile, keyFile }, authority.directory);

async function problemsOf(certificateFile: string, keyFile: string) {
  const error: unknown = await read(certificateFile, keyFile).catch((thrown: unknown) => thrown);
  return error instanceof TlsPairError ? error.problems.map(({ key, message }) => `${key}: ${message}`) : [];
}

describe('a certificate and its key', () => {
  it('are read with their chain, from where the configuration is', async () => {
    const pair = await read('chain.pem', good.keyFile);
    expect(pair.cert).toBe(good.cert + authority.ca);
    expect(pair.key).toBe(good.key);
    expect(pair.expiresAt).toBeGreaterThan(Date.now());
  });

  it('are refused with a reason for each file', async () => {
    expect(await problemsOf('absent.pem', 'empty')).toEqual([
      'certificateFile: cannot be read (ENOENT)',
      'keyFile: is no private key in PEM without a passphrase',
    ]);
    expect(await problemsOf('empty', 'absent.key')).toEqual([
      'certificateFile: is no certificate in PEM',
      'keyFile: cannot be read (ENOENT)',
    ]);
    expect(await problemsOf(good.keyFile, good.certFile)).toHaveLength(2);
    expect(await problemsOf(good.certFile, 'half.key')).toEqual([
      'keyFile: is no private key in PEM without a passphrase',
    ]);
    expect(await problemsOf(good.certFile, 'locked.key')).toEqual([
      'keyFile: is no private key in PEM without a passphrase',
    ]);
  });

  it.each([
    ['another key', () => [good.certFile, other.keyFile]],
    ["its authority's certificate first", () => ['wrong-order.pem', good.keyFile]],
  ])('are refused with %s', async (_, files) => {
    const [certificateFile = '', keyFile = ''] = files();
    expect(await problemsOf(certificateFile, keyFile)).toEqual([
      'keyFile: is not the key of the certificate, which must be the first one in its file',
    ]);
  });

  it('are refused when expired', async () => {
    expect(await problemsOf(expired.certFile, expired.keyFile)).toEqual([
      expect.stringMatching(/^certificateFile: the certificate expired on \d{4}-\d\d-\d\d$/),
    ]);
  });

  it('never show a key', async () => {
    const shown = (await problemsOf('empty', 'half.key')).join();
    expect(shown).not.toContain(good.key.slice(30, 60));
  });
});
