import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { identityUnavailable } from '@remote-consoles/core';

/** A token with many roles is some kilobytes long; the catalog is not asked for. */
const MAX_BODY = 1 << 20;
const MAX_SOCKETS = 32;

export interface KeystoneRequest {
  readonly method: 'GET' | 'HEAD' | 'POST';
  /** Below the authentication URL, with its query. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: object;
}

export interface KeystoneResponse {
  readonly status: number;
  readonly subjectToken: string | undefined;
  readonly body: string;
}

/** HTTP to Keystone on a few kept connections. Redirects are not followed: nobody else gets our headers. */
export class KeystoneConnection {
  readonly #url: string;
  readonly #ca: string | undefined;
  readonly #timeout: number;
  readonly #agent: HttpAgent | HttpsAgent;

  /** @param settings.timeout ms for one answer, from the call to the last byte */
  constructor(settings: { readonly url: string; readonly ca?: string; readonly timeout: number }) {
    this.#url = settings.url;
    this.#ca = settings.ca;
    this.#timeout = settings.timeout;
    const options = { keepAlive: true, maxSockets: MAX_SOCKETS, scheduling: 'lifo' } as const;
    this.#agent = settings.url.startsWith('https:') ? new HttpsAgent(options) : new HttpAgent(options);
  }

  /** @throws ConsoleError `identity-unavailable` where no complete answer came in time, or one of status 5xx or 429 */
  async send(asked: KeystoneRequest): Promise<KeystoneResponse> {
    const signal = AbortSignal.timeout(this.#timeout);
    const response = await this.#attempt(asked, signal).catch((cause: unknown) => {
      const late = signal.aborted;
      throw identityUnavailable(late ? new Error(`no answer within ${this.#timeout} ms`) : cause);
    });
    if (response.status >= 500 || response.status === 429) {
      throw identityUnavailable(new Error(`Keystone answers ${response.status}`));
    }
    return response;
  }

  close(): void {
    this.#agent.destroy();
  }

  /** Tries again where the kept connection had been closed by the other side when we used it. */
  async #attempt(asked: KeystoneRequest, signal: AbortSignal): Promise<KeystoneResponse> {
    for (;;) {
      try {
        return await this.#exchange(asked, signal);
      } catch (error) {
        if (!(error instanceof StaleConnection) || signal.aborted) throw error;
      }
    }
  }

  #exchange(
    { method, path, headers, body }: KeystoneRequest,
    signal: AbortSignal,
  ): Promise<KeystoneResponse> {
    const text = body === undefined ? undefined : JSON.stringify(body);
    return new Promise((resolve, reject) => {
      const send = this.#url.startsWith('https:') ? httpsRequest : httpRequest;
      const outgoing = send(`${this.#url}${path}`, {
        method,
        agent: this.#agent,
        signal,
        ...(this.#ca !== undefined && { ca: this.#ca }),
        headers: {
          accept: 'application/json',
          'user-agent': 'remote-consoles',
          ...headers,
          ...(text !== undefined && {
            'content-type': 'application/json',
            'content-length': Buffer.byteLength(text),
          }),
        },
      });
      let answered = false;
      outgoing.on('response', (incoming) => {
        answered = true;
        readBody(incoming).then((received) => resolve(responseOf(incoming, received)), reject);
      });
      outgoing.on('error', (error) => {
        reject(outgoing.reusedSocket && !answered ? new StaleConnection(error) : error);
      });
      outgoing.end(text);
    });
  }
}

class StaleConnection extends Error {
  constructor(cause: Error) {
    super(cause.message, { cause });
  }
}

function responseOf({ statusCode = 0, headers }: IncomingMessage, body: string): KeystoneResponse {
  const token = headers['x-subject-token'];
  return { status: statusCode, subjectToken: typeof token === 'string' ? token : undefined, body };
}

async function readBody(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of incoming) {
    length += chunk.length;
    if (length > MAX_BODY) throw new Error(`an answer longer than ${MAX_BODY} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
