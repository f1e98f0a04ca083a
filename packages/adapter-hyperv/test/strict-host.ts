import { execFileSync } from 'node:child_process';
import { randomBytes, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tlsServerEndPointBindings } from '@remote-consoles/ntlm';
import { type NtlmAccepted, NtlmAcceptor } from '@remote-consoles/ntlm/acceptor';
import { element, parseXml } from '@remote-consoles/soap-xml';
import { freePorts } from '../../../scripts/fixtures/ntlm-apache-fixture.js';
import { reply } from './wsman-stub.js';

const random = (length: number) => new Uint8Array(randomBytes(length));

/**
 * A host that lets in only who is bound to its TLS channel, as Windows does with CbtHardeningLevel Strict, and that can
 * break connections. It has no VMs, and says so in two pages.
 */
export class StrictHost {
  readonly folder = mkdtempSync(join(tmpdir(), 'rc-strict-'));
  /** Who came in. */
  readonly accepted: NtlmAccepted[] = [];
  /** What was asked by whoever was in. */
  readonly actions: string[] = [];
  /** Whether a request with this action finds its connection broken. */
  breaks = (_action: string): boolean => false;
  /** The certificate that clients must be bound to; its own unless a test says otherwise. */
  expected = (own: Uint8Array): Uint8Array => own;
  readonly #exchanges = new WeakMap<Socket, NtlmAcceptor>();
  readonly #inside = new WeakSet<Socket>();
  #certificate = new Uint8Array(0);
  #server: Server | undefined;
  #port = 0;

  async start(): Promise<this> {
    const [cert, key] = [join(this.folder, 'cert.pem'), join(this.folder, 'key.pem')];
    // Signed with SHA-384: the bindings take the hash of the certificate's own signature.
    const made = [
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-sha384',
      '-subj',
      '/CN=hv1',
      '-keyout',
      key,
      '-out',
      cert,
    ];
    execFileSync('openssl', ['req', '-x509', ...made], { stdio: 'ignore' });
    writeFileSync(join(this.folder, 'password'), 'pw');
    this.#certificate = new Uint8Array(new X509Certificate(readFileSync(cert)).raw);
    const identity = { cert: readFileSync(cert), key: readFileSync(key) };
    this.#server = createServer(identity, (request, response) => void this.#serve(request, response));
    this.#port = await freePorts(1);
    this.#server.listen(this.#port, '127.0.0.1');
    await once(this.#server, 'listening');
    return this;
  }

  get options(): object {
    const sha256 = new X509Certificate(this.#certificate).fingerprint256;
    return {
      hosts: [{ name: 'hv1', address: '127.0.0.1', port: this.#port, trust: { sha256 } }],
      winrm: { method: 'ntlm', user: 'LAB\\svc', passwordFile: 'password' },
      console: { user: 'svc', passwordFile: 'password' },
      project: { default: 'p' },
      timeout: 2,
    };
  }

  stop(): void {
    this.#server?.closeAllConnections();
    this.#server?.close();
    rmSync(this.folder, { recursive: true });
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { socket } = request;
    if (!this.#inside.has(socket) && !this.#letIn(request, response)) return;
    const envelope = parseXml(Buffer.concat(chunks).toString());
    const action = envelope.child('Header', 'Action')?.text.replace(/.*\//, '') ?? '';
    this.actions.push(action);
    if (this.breaks(action)) {
      socket.destroy();
    } else if (action === 'Enumerate') {
      reply(response, 200, element('n:EnumerateResponse', [element('n:EnumerationContext', 'uuid:1')]));
    } else {
      reply(response, 200, element('n:PullResponse', [element('n:EndOfSequence', '')]));
    }
  }

  #letIn({ socket, headers }: IncomingMessage, response: ServerResponse): boolean {
    const token = Buffer.from(headers.authorization?.replace('Negotiate ', '') ?? '', 'base64');
    const begun = this.#exchanges.get(socket);
    try {
      if (!begun) return this.#challenge(socket, new Uint8Array(token), response);
      this.accepted.push(begun.accept(new Uint8Array(token)));
      this.#inside.add(socket);
      return true;
    } catch {
      response.writeHead(401).end();
      return false;
    }
  }

  #challenge(socket: Socket, token: Uint8Array, response: ServerResponse): false {
    const acceptor = new NtlmAcceptor({
      computerName: 'HV1',
      domainName: 'LAB',
      passwordOf: () => 'pw',
      channelBindings: tlsServerEndPointBindings(this.expected(this.#certificate)),
      random,
      now: Date.now,
    });
    this.#exchanges.set(socket, acceptor);
    const challenge = Buffer.from(acceptor.challenge(token)).toString('base64');
    response.writeHead(401, { 'www-authenticate': ['Kerberos', `Negotiate ${challenge}`] }).end();
    return false;
  }
}
