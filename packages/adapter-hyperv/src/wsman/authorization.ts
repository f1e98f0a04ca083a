import { randomBytes } from 'node:crypto';
import type { Clock, Secret } from '@remote-consoles/core';
import { NtlmClient, NtlmError, tlsServerEndPointBindings } from '@remote-consoles/ntlm';
import type { HttpConnection } from './http-connection.js';
import type { ClientIdentity } from './tls-connection.js';
import { WsmanRefused, WsmanUnavailable } from './wsman-error.js';

/** Who asks. `user` may be `DOMAIN\user` or `user@domain`. */
export type WsmanAccount =
  | { readonly method: 'ntlm'; readonly user: string; readonly password: Secret }
  | { readonly method: 'basic'; readonly user: string; readonly password: Secret }
  | { readonly method: 'certificate'; readonly identity: ClientIdentity };

/** What a user's name is made of; the domain is empty where the name has none, or is `user@domain`. */
export function splitUser(name: string): { readonly user: string; readonly domain: string } {
  const [domain, ...rest] = name.split('\\');
  return rest.length === 0 ? { user: name, domain: '' } : { user: rest.join('\\'), domain: domain ?? '' };
}

/** How requests on one connection say who asks. */
export interface Authorization {
  /** Whether the connection itself was logged in, so that requests say nothing more. */
  readonly bound: boolean;
  /** The header of the next request; undefined for none. @throws WsmanRefused, WsmanUnavailable */
  header(signal: AbortSignal): Promise<string | undefined>;
}

export function authorizationOn(
  connection: HttpConnection,
  account: WsmanAccount,
  { host, clock }: { readonly host: string; readonly clock: Clock },
): Authorization {
  switch (account.method) {
    case 'ntlm':
      return new NtlmAuthorization(connection, account, host, clock);
    case 'basic': {
      const pair = `${account.user}:${account.password.reveal()}`;
      return always(`Basic ${Buffer.from(pair, 'utf8').toString('base64')}`);
    }
    case 'certificate':
      return always('http://schemas.dmtf.org/wbem/wsman/1/wsman/secprofile/https/mutual');
  }
}

function always(header: string): Authorization {
  return { bound: false, header: async () => header };
}

/**
 * NTLM in Negotiate, as Windows takes it without SPNEGO around it (RFC 4559, MS-NTHT). Nothing is signed or sealed
 * with the session's keys: TLS does that, and the login is bound to the TLS channel.
 */
class NtlmAuthorization implements Authorization {
  bound = false;
  readonly #connection: HttpConnection;
  readonly #account: Extract<WsmanAccount, { readonly method: 'ntlm' }>;
  readonly #host: string;
  readonly #clock: Clock;

  constructor(
    connection: HttpConnection,
    account: Extract<WsmanAccount, { readonly method: 'ntlm' }>,
    host: string,
    clock: Clock,
  ) {
    this.#connection = connection;
    this.#account = account;
    this.#host = host;
    this.#clock = clock;
  }

  async header(signal: AbortSignal): Promise<string | undefined> {
    if (this.bound) return undefined;
    try {
      return await this.#logIn(signal);
    } catch (error) {
      if (!(error instanceof NtlmError)) throw error;
      throw new WsmanRefused(`NTLM with the host failed: ${error.message}`, { cause: error });
    }
  }

  async #logIn(signal: AbortSignal): Promise<string> {
    const client = new NtlmClient({
      credentials: { ...splitUser(this.#account.user), password: this.#account.password.reveal() },
      targetName: `HTTP/${this.#host}`,
      channelBindings: tlsServerEndPointBindings(this.#connection.certificate),
      random: (length) => new Uint8Array(randomBytes(length)),
      now: () => this.#clock.now(),
    });
    const first = await this.#connection.post('', negotiate(client.negotiate()), signal);
    const { message, session } = client.authenticate(challengeOf(first.status, first.challenges));
    session.wipe();
    this.bound = true;
    return negotiate(message);
  }
}

const negotiate = (message: Uint8Array): string => `Negotiate ${Buffer.from(message).toString('base64')}`;

function challengeOf(status: number, challenges: readonly string[]): Uint8Array {
  if (status !== 401) throw new WsmanUnavailable(`status ${status} where an NTLM challenge was due`);
  for (const text of challenges) {
    const [, token] = /^Negotiate +([A-Za-z0-9+/]{16,16384}={0,2})$/i.exec(text) ?? [];
    if (token !== undefined) return new Uint8Array(Buffer.from(token, 'base64'));
  }
  throw new WsmanRefused(
    'the host does not offer NTLM: is Negotiate allowed in WinRM’s service configuration?',
  );
}
