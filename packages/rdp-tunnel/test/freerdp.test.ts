import { execFile, execFileSync, spawnSync } from 'node:child_process';
import { randomBytes, X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { McsConnectInitialRewriter } from '../src/mcs-connect-initial.js';
import type { RdpNegotiationOptions } from '../src/negotiation.js';
import { parseConnectionConfirm } from '../src/x224.js';
import { connectRdp, nextBytes } from './connect-rdp.js';
import { type ListenerDouble, listenAsHyperV } from './listener-double.js';
import { coreData, mcsConnectInitial, networkData, securityData } from './mcs-connect-initial-pdu.js';

const script = (name: string): string =>
  fileURLToPath(new URL(`../../../scripts/fixtures/${name}`, import.meta.url));
const packages = [
  'freerdp2-shadow-x11',
  'freerdp2-x11',
  'winpr-utils',
  'tigervnc-standalone-server',
  'xterm',
  'openssl',
];
const install = spawnSync(script('debian-packages.sh'), packages, { encoding: 'utf8' });
const missing = install.status !== 0;
if (missing) console.warn(`SKIPPED: FreeRDP cannot be asked. ${install.stderr}`);
if (missing && process.env['CI'] === 'true')
  throw new Error(`FreeRDP must be there in CI: ${install.stderr}`);

const folder = mkdtempSync(join(tmpdir(), 'rdp-tunnel-'));
const servers = { nla: { port: 13_491, display: 91 }, tls: { port: 13_492, display: 92 } };
/** xfreerdp goes to no other port in VMConnect mode. */
const vmConnectPort = 2179;
const vmId = 'b4d2a7a0-1f3c-4e5d-8a9b-0c1d2e3f4a5b';

beforeAll(() => {
  if (missing) return;
  for (const [security, { port, display }] of Object.entries(servers)) {
    execFileSync(script('rdp-up.sh'), ['start', join(folder, security), `${port}`, `${display}`], {
      env: { ...process.env, RDP_SECURITY: security, RDP_USER: 'hvadmin', RDP_PASSWORD: 'hvpass' },
      stdio: ['ignore', 'ignore', 'inherit'],
    });
  }
});

afterAll(() => {
  for (const security of Object.keys(servers))
    spawnSync(script('rdp-up.sh'), ['stop', join(folder, security)]);
  rmSync(folder, { recursive: true, force: true });
});

const login = (password: string): RdpNegotiationOptions => ({
  mode: 'nla',
  account: {
    credentials: { user: 'hvadmin', domain: '', password },
    targetName: 'TERMSRV/127.0.0.1',
    random: (length) => Uint8Array.from(randomBytes(length)),
    now: Date.now,
  },
});

/** A viewer that was told SSL, whose first message goes through the gateway. */
const viewersConnectInitial = mcsConnectInitial(coreData(1), securityData, networkData);

/** MCS Connect-Response is [APPLICATION 102], in X.224 data, in a TPKT. */
const connectResponse = Buffer.from([0x02, 0xf0, 0x80, 0x7f, 0x66]);

describe.skipIf(missing)('FreeRDP’s shadow server', () => {
  it('with NLA lets the right account in, and answers the rewritten MCS Connect-Initial', async () => {
    const { socket, done } = await connectRdp(servers.nla.port, login('hvpass'));
    expect(done).toMatchObject({ selectedProtocol: 2, rest: new Uint8Array(0) });
    expect(parseConnectionConfirm(done.x224Confirm)).toMatchObject({ kind: 'selected', protocol: 1 });
    socket.write(new McsConnectInitialRewriter(done.selectedProtocol).push(viewersConnectInitial));
    const answer = await nextBytes(socket);
    socket.destroy();
    expect(answer.subarray(4, 9)).toEqual(connectResponse);
  });

  it('with NLA refuses a wrong password', async () => {
    await expect(connectRdp(servers.nla.port, login('not-that-one'))).rejects.toMatchObject({
      code: 'credssp-refused',
    });
  });

  it('with NLA does not put up with a client that asks for TLS alone', async () => {
    await expect(connectRdp(servers.nla.port, { mode: 'tls' })).rejects.toMatchObject({
      code: 'negotiation-failed',
    });
  });

  it('with TLS answers the MCS Connect-Initial as the viewer wrote it', async () => {
    const { socket, done } = await connectRdp(servers.tls.port, { mode: 'tls' });
    expect(done.selectedProtocol).toBe(1);
    socket.write(new McsConnectInitialRewriter(done.selectedProtocol).push(viewersConnectInitial));
    const answer = await nextBytes(socket);
    socket.destroy();
    expect(answer.subarray(4, 9)).toEqual(connectResponse);
  });

  it('with TLS does not put up with a client that asks for NLA alone', async () => {
    await expect(connectRdp(servers.tls.port, login('hvpass'))).rejects.toMatchObject({
      code: 'negotiation-failed',
    });
  });
});

describe.skipIf(missing)('xfreerdp /vmconnect against our side of a Hyper-V listener', () => {
  let double: ListenerDouble;

  const xfreerdp = (...options: readonly string[]): Promise<string> =>
    new Promise((resolve) => {
      const target = ['/v:127.0.0.1', '/u:hvadmin', '/cert:ignore', ...options];
      const env = { ...process.env, DISPLAY: `:${servers.nla.display}`, HOME: folder };
      execFile('xfreerdp', target, { env, timeout: 20_000 }, (_error, stdout, stderr) =>
        resolve(stdout + stderr),
      );
    });

  async function withDouble(run: () => Promise<void>): Promise<void> {
    const pair = ['-keyout', join(folder, 'key.pem'), '-out', join(folder, 'cert.pem')];
    const request = [
      'req',
      '-x509',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-subj',
      '/CN=hv1',
      '-days',
      '2',
      ...pair,
    ];
    execFileSync('openssl', request, { stdio: 'ignore' });
    const certificate = readFileSync(join(folder, 'cert.pem'), 'utf8');
    double = await listenAsHyperV({
      port: vmConnectPort,
      key: readFileSync(join(folder, 'key.pem'), 'utf8'),
      certificate,
      certificateDer: Uint8Array.from(new X509Certificate(certificate).raw),
      passwordOf: (user) => (user === 'hvadmin' ? 'hvpass' : undefined),
    });
    try {
      await run();
    } finally {
      await double.close();
    }
  }

  it.each([
    ['the console', vmId, [`/vmconnect:${vmId}`]],
    ['an enhanced session', `${vmId};EnhancedMode=1`, ['/vmconnect', `/pcb:${vmId};EnhancedMode=1`]],
  ])('comes through to MCS for %s', async (_name, text, options) => {
    await withDouble(async () => {
      await xfreerdp(...options, '/p:hvpass');
      expect(double.seen).toMatchObject({
        preconnectionText: text,
        user: 'hvadmin',
        delegatedPassword: 'hvpass',
        targetName: 'TERMSRV/127.0.0.1',
      });
      expect((double.seen.requestedProtocols ?? 0) & 2).toBe(2);
      const written = double.seen.connectInitial ?? new Uint8Array(0);
      // FreeRDP says that it knows of HYBRID; a rewrite to the same changes nothing, to another four bytes at most.
      expect(new McsConnectInitialRewriter(2).push(written)).toEqual(written);
      const rewritten = new McsConnectInitialRewriter(1).push(written);
      expect(rewritten.filter((byte, i) => byte !== written[i])).toEqual(Uint8Array.of(1));
    });
  });

  it('is told of a wrong password', async () => {
    await withDouble(async () => {
      const output = await xfreerdp(`/vmconnect:${vmId}`, '/p:not-that-one');
      expect(double.seen).toMatchObject({ preconnectionText: vmId, refused: 0xc000006d });
      expect(output).toContain('LOGON_FAILURE');
    });
  });
});
