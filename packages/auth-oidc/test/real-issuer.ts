import { createServer, type Server } from 'node:http';
import { exportJWK, generateKeyPair, type JWK } from 'jose';
import Provider from 'oidc-provider';

export const AUDIENCE = 'https://consoles.example/api';
const CLIENT = { client_id: 'alice', client_secret: 'the-secret-of-alice' };

/** A signing key as the issuer keeps it. */
export async function signingKey(kid: string, alg: 'ES256' | 'RS256' | 'EdDSA'): Promise<JWK> {
  const { privateKey } = await generateKeyPair(alg, { extractable: true });
  return { ...(await exportJWK(privateKey)), kid, alg, use: 'sig' };
}

/** `oidc-provider`, a certified issuer, on loopback. Clients log in by themselves and get JWTs for our API. */
export class RealIssuer {
  readonly url: string;
  readonly #port: number;
  #server: Server | undefined;

  constructor(port: number) {
    this.#port = port;
    this.url = `http://127.0.0.1:${port}`;
  }

  /** Starts, or starts again with other keys. */
  async start(keys: readonly JWK[], claims: object, lifetime = 600): Promise<void> {
    await this.stop();
    const provider = new Provider(this.url, {
      clients: [
        {
          ...CLIENT,
          grant_types: ['client_credentials'],
          redirect_uris: [],
          response_types: [],
          id_token_signed_response_alg: keys[0]?.alg,
          token_endpoint_auth_method: 'client_secret_post',
        },
      ],
      jwks: { keys },
      extraTokenClaims: () => claims,
      ttl: { ClientCredentials: lifetime },
      features: {
        clientCredentials: { enabled: true },
        devInteractions: { enabled: false },
        resourceIndicators: {
          enabled: true,
          getResourceServerInfo: (_context: unknown, audience: string) => ({
            scope: 'consoles',
            audience,
            accessTokenFormat: 'jwt',
            jwt: { sign: { alg: keys[0]?.alg } },
          }),
        },
      },
    });
    const answer = provider.callback();
    const server = createServer((request, response) => {
      // A kept connection would end in the hands of whoever asks after a restart.
      response.setHeader('connection', 'close');
      answer(request, response);
    });
    this.#server = server;
    await new Promise<void>((resolve) => server.listen(this.#port, '127.0.0.1', resolve));
  }

  /** An access token for the API with that name. */
  async issue(resource = AUDIENCE): Promise<string> {
    const form = { ...CLIENT, grant_type: 'client_credentials', resource, scope: 'consoles' };
    const response = await fetch(`${this.url}/token`, { method: 'POST', body: new URLSearchParams(form) });
    const answer = (await response.json()) as { access_token?: string };
    if (answer.access_token === undefined) throw new Error(`no token: ${JSON.stringify(answer)}`);
    return answer.access_token;
  }

  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (!server) return;
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}
