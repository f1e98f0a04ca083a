import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';

/** What a Keystone would say of a token. */
export interface FakeToken {
  readonly user?: { readonly id: string };
  readonly project?: { readonly id: string };
  readonly roles?: readonly { readonly name: string }[];
  readonly expires_at?: string;
  readonly [other: string]: unknown;
}

export interface Asked {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

const LATER = '2100-01-01T00:00:00.000000Z';

/** The two calls of Keystone that matter here, with every way of going wrong. */
export class FakeKeystone {
  readonly tokens = new Map<string, FakeToken>();
  /** Tokens that are accepted with allow_expired only. */
  readonly expired = new Map<string, FakeToken>();
  readonly asked: Asked[] = [];
  /** The only token that may ask; set by a login. */
  ownToken = '';
  ownExpiry = LATER;
  logins = 0;
  acceptsLogin = true;
  /** Takes over an answer where set. */
  misbehave: ((request: IncomingMessage, response: ServerResponse) => boolean) | undefined;
  readonly #server: Server;
  readonly #scheme: 'http' | 'https';

  private constructor(server: Server, scheme: 'http' | 'https') {
    this.#server = server;
    this.#scheme = scheme;
  }

  /** @param tls the certificate of one that speaks HTTPS */
  static async start(tls?: { readonly cert: string; readonly key: string }): Promise<FakeKeystone> {
    const server = tls ? createTlsServer(tls) : createServer();
    const fake = new FakeKeystone(server, tls ? 'https' : 'http');
    server.on('request', (request, response) => void fake.#answer(request, response));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return fake;
  }

  get url(): string {
    return `${this.#scheme}://127.0.0.1:${(this.#server.address() as AddressInfo).port}/v3`;
  }

  get validations(): Asked[] {
    return this.asked.filter(({ method }) => method === 'GET');
  }

  /** Closes kept connections that are idle, as a server does after a while. */
  closeIdle(): void {
    this.#server.closeIdleConnections();
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = '';
    for await (const chunk of request) body += chunk;
    const { method = '', url = '', headers } = request;
    this.asked.push({ method, url, headers, body });
    if (this.misbehave?.(request, response)) return;
    if (method === 'POST') this.#logIn(response);
    else this.#validate(request, response);
  }

  #logIn(response: ServerResponse): void {
    if (!this.acceptsLogin) {
      response.writeHead(401).end('{"error":{"code":401}}');
      return;
    }
    this.logins += 1;
    this.ownToken = `own-token-${this.logins}`;
    response.writeHead(201, { 'x-subject-token': this.ownToken });
    response.end(describe({ expires_at: this.ownExpiry }));
  }

  #validate({ headers, url = '', method }: IncomingMessage, response: ServerResponse): void {
    if (headers['x-auth-token'] !== this.ownToken) {
      response.writeHead(401).end('{"error":{"code":401}}');
      return;
    }
    const subject = String(headers['x-subject-token']);
    const own = subject === this.ownToken ? {} : undefined;
    const expired = url.includes('allow_expired=1') ? this.expired.get(subject) : undefined;
    const token = own ?? this.tokens.get(subject) ?? expired;
    if (token) response.writeHead(200).end(method === 'HEAD' ? undefined : describe(token));
    else response.writeHead(404).end('{"error":{"code":404}}');
  }
}

function describe(token: FakeToken): string {
  return JSON.stringify({ token: { user: { id: 'u' }, expires_at: LATER, ...token } });
}
