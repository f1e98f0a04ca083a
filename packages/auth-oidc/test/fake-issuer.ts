import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';

type Keys = Awaited<ReturnType<typeof generateKeyPair>>;

export const AUDIENCE = 'remote-consoles';

/** An issuer with keys to rotate, and every way of going wrong. */
export class FakeIssuer {
  readonly asked: string[] = [];
  /** Changes to the metadata. */
  metadata: object = {};
  /** Takes over an answer where set. */
  misbehave: ((request: IncomingMessage, response: ServerResponse) => boolean) | undefined;
  readonly #server: Server;
  readonly #scheme: 'http' | 'https';
  readonly #keys = new Map<string, Keys>();
  #current = '';

  private constructor(server: Server, scheme: 'http' | 'https') {
    this.#server = server;
    this.#scheme = scheme;
  }

  /** @param tls the certificate of one that speaks HTTPS */
  static async start(tls?: { readonly cert: string; readonly key: string }): Promise<FakeIssuer> {
    const server = tls ? createTlsServer(tls) : createServer();
    const issuer = new FakeIssuer(server, tls ? 'https' : 'http');
    server.on('request', (request, response) => void issuer.#answer(request, response));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    await issuer.addKey('first');
    return issuer;
  }

  get url(): string {
    return `${this.#scheme}://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  get keyReads(): number {
    return this.asked.filter((path) => path === '/keys').length;
  }

  /** Signs with a new key from here on. */
  async addKey(id: string, algorithm = 'ES256'): Promise<void> {
    this.#keys.set(id, await generateKeyPair(algorithm));
    this.#current = id;
  }

  removeKey(id: string): void {
    this.#keys.delete(id);
  }

  /** A token as the issuer signs it, with changes to what it says. */
  async issue(
    claims: JWTPayload = {},
    header: { typ?: string; kid?: string; alg?: string } = {},
  ): Promise<string> {
    const now = Math.floor(Date.now() / 1000);
    const payload = {
      iss: this.url,
      aud: AUDIENCE,
      sub: 'alice',
      exp: now + 600,
      roles: ['users'],
      ...claims,
    };
    const key = this.#keys.get(this.#current);
    if (!key) throw new Error(`there is no key ${this.#current}`);
    const protectedHeader = { alg: 'ES256', kid: this.#current, typ: 'at+jwt', ...header };
    return new SignJWT(JSON.parse(JSON.stringify(payload)))
      .setProtectedHeader(protectedHeader)
      .sign(key.privateKey);
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.asked.push(request.url ?? '');
    if (this.misbehave?.(request, response)) return;
    if (request.url === '/.well-known/openid-configuration') {
      const metadata = { issuer: this.url, jwks_uri: `${this.url}/keys`, ...this.metadata };
      response.end(JSON.stringify(metadata));
    } else if (request.url === '/keys') {
      const keys = await Promise.all(
        [...this.#keys].map(async ([kid, { publicKey }]) => ({
          ...(await exportJWK(publicKey)),
          kid,
          use: 'sig',
        })),
      );
      response.end(JSON.stringify({ keys }));
    } else response.writeHead(404).end();
  }
}
