import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { NtlmAcceptor } from '../src/acceptor.js';
import { hashBindings } from '../src/channel-bindings.js';
import { NtlmClient } from '../src/client.js';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const install = spawnSync(
  here('../../../scripts/fixtures/debian-packages.sh'),
  ['gss-ntlmssp', 'python3-gssapi'],
  {
    encoding: 'utf8',
  },
);
const missing = install.status !== 0;
if (missing) console.warn(`SKIPPED: gss-ntlmssp cannot be asked. ${install.stderr}`);
if (missing && process.env['CI'] === 'true')
  throw new Error(`gss-ntlmssp must be there in CI: ${install.stderr}`);

const random = (length: number): Uint8Array => Uint8Array.from(randomBytes(length));
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const bytes = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'hex'));
const endPoint = Buffer.from('tls-server-end-point:0123456789abcdef0123456789abcdef');

const started: ChildProcess[] = [];
const folders: string[] = [];
afterEach(() => {
  for (const child of started.splice(0)) child.kill();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

/** gss-ntlmssp in a process of its own, asked line by line. */
function gssPeer(role: 'accept' | 'init', bindings?: Buffer): (command: string) => Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'gss-ntlmssp-'));
  folders.push(folder);
  writeFileSync(join(folder, 'users'), 'LAB:hvadmin:hvpass\n');
  // The distribution's own python: another one on the path does not see its packages.
  const child = spawn('/usr/bin/python3', [here('./gss-peer.py'), role, bindings ? hex(bindings) : '-'], {
    env: { ...process.env, NTLM_USER_FILE: join(folder, 'users') },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  started.push(child);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return async (command) => {
    child.stdin.write(`${command}\n`);
    const { value } = await lines.next();
    const [state, ...rest] = String(value).split(' ');
    if (state !== 'ok') throw new Error(rest.join(' '));
    return rest.join(' ').trim();
  };
}

const client = (password: string, bindings?: Buffer): NtlmClient =>
  new NtlmClient({
    credentials: { user: 'hvadmin', domain: 'LAB', password },
    targetName: 'TERMSRV/hv1',
    ...(bindings && { channelBindings: hashBindings(bindings) }),
    random,
    now: Date.now,
  });

async function logIn(ntlm: NtlmClient, peer: (command: string) => Promise<string>) {
  const challenge = bytes(await peer(`token ${hex(ntlm.negotiate())}`));
  const { message, session } = ntlm.authenticate(challenge);
  return { session, who: await peer(`token ${hex(message)}`) };
}

describe.skipIf(missing)('our client and gss-ntlmssp as the acceptor', () => {
  it('log in, and exchange sealed messages both ways', async () => {
    const peer = gssPeer('accept');
    const { session, who } = await logIn(client('hvpass'), peer);
    expect(who).toContain('hvadmin');
    for (const text of ['first', 'second', 'x'.repeat(3000)]) {
      const message = Buffer.from(text);
      expect(await peer(`unwrap ${hex(session.seal(message))}`)).toBe(hex(message));
      expect(hex(session.unseal(bytes(await peer(`wrap ${hex(message)}`))))).toBe(hex(message));
    }
  });

  it('refuse a wrong password', async () => {
    await expect(logIn(client('wrong'), gssPeer('accept'))).rejects.toThrow();
  });

  it('agree on channel bindings, and only on the right ones', async () => {
    const { who } = await logIn(client('hvpass', endPoint), gssPeer('accept', endPoint));
    expect(who).toContain('hvadmin');
    const other = Buffer.from('tls-server-end-point:another');
    await expect(logIn(client('hvpass', other), gssPeer('accept', endPoint))).rejects.toThrow(
      /Permission denied/,
    );
  });
});

describe.skipIf(missing)('gss-ntlmssp as the client and our acceptor', () => {
  const acceptor = (bindings?: Buffer): NtlmAcceptor =>
    new NtlmAcceptor({
      computerName: 'HV1',
      domainName: 'LAB',
      passwordOf: (user) => (user === 'hvadmin' ? 'hvpass' : undefined),
      ...(bindings && { channelBindings: hashBindings(bindings) }),
      requireMic: false,
      random,
      now: Date.now,
    });

  it('log in with bindings, and exchange sealed messages', async () => {
    const peer = gssPeer('init', endPoint);
    const ours = acceptor(endPoint);
    const challenge = ours.challenge(bytes(await peer('token')));
    const { user, targetName, session } = ours.accept(bytes(await peer(`token ${hex(challenge)}`)));
    expect({ user, targetName: targetName.toLowerCase() }).toEqual({
      user: 'hvadmin',
      targetName: 'termsrv/hv1',
    });
    expect(hex(session.unseal(bytes(await peer(`wrap ${hex(Buffer.from('hello'))}`))))).toBe(
      hex(Buffer.from('hello')),
    );
    expect(await peer(`unwrap ${hex(session.seal(Buffer.from('back')))}`)).toBe(hex(Buffer.from('back')));
  });
});
