import { Agent, type IncomingMessage, request } from 'node:http';
import type { TLSSocket } from 'node:tls';
import { type ClientIdentity, connectTls, type TlsConnection, type WsmanServer } from './tls-connection.js';
import { WsmanUnavailable } from './wsman-error.js';

/** The longest answer that is read, bytes: four times what requests ask for (`MaxEnvelopeSize`). */
const MAX_ANSWER = 2 * 1024 * 1024;

export interface HttpAnswer {
  readonly status: number;
  /** The media type without parameters, in lower case. */
  readonly type: string;
  readonly body: string;
  /** The values of `WWW-Authenticate`. */
  readonly challenges: readonly string[];
}

/** Hands out one socket, once. */
class OneSocketAgent extends Agent {
  #socket: TLSSocket | undefined;

  constructor(socket: TLSSocket) {
    super({ keepAlive: true, maxSockets: 1, maxFreeSockets: 1 });
    this.#socket = socket;
  }

  override createConnection(): TLSSocket {
    const socket = this.#socket;
    if (!socket) throw Object.assign(new Error('the connection was closed'), { code: 'ECONNRESET' });
    this.#socket = undefined;
    return socket;
  }
}

/** HTTP on one TLS connection that is kept: NTLM logs in the connection, not the request. */
export class HttpConnection {
  /** The server's certificate, DER. */
  readonly certificate: Uint8Array;
  readonly #server: WsmanServer;
  readonly #socket: TLSSocket;
  readonly #agent: OneSocketAgent;

  private constructor(server: WsmanServer, { socket, certificate }: TlsConnection) {
    this.#server = server;
    this.#socket = socket;
    this.#agent = new OneSocketAgent(socket);
    this.certificate = certificate;
  }

  /** @throws Error where there is no connection, or the server is not believed */
  static async open(
    server: WsmanServer,
    identity: ClientIdentity | undefined,
    signal: AbortSignal,
  ): Promise<HttpConnection> {
    return new HttpConnection(server, await connectTls(server, identity, signal));
  }

  get isOpen(): boolean {
    return !this.#socket.destroyed && this.#socket.readyState === 'open';
  }

  /**
   * Posts to `/wsman` and reads the whole answer. One at a time. Where it throws, the connection is closed.
   *
   * @throws WsmanUnavailable for an answer that is too long, Error for a connection that breaks or is aborted
   */
  post(body: string, authorization: string | undefined, signal: AbortSignal): Promise<HttpAnswer> {
    return new Promise<HttpAnswer>((resolve, reject) => {
      const sent = request({
        agent: this.#agent,
        host: this.#server.host,
        port: this.#server.port,
        path: '/wsman',
        method: 'POST',
        headers: {
          'content-type': 'application/soap+xml;charset=UTF-8',
          'content-length': Buffer.byteLength(body),
          ...(authorization !== undefined && { authorization }),
        },
        signal,
      });
      sent.on('error', reject);
      sent.once('response', (answer) => readAnswer(answer).then(resolve, reject));
      sent.end(body);
    }).catch((error: unknown) => {
      this.close();
      throw error;
    });
  }

  close(): void {
    this.#agent.destroy();
    this.#socket.destroy();
  }
}

async function readAnswer(answer: IncomingMessage): Promise<HttpAnswer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > MAX_ANSWER) throw new WsmanUnavailable(`an answer of more than ${MAX_ANSWER} bytes`);
    chunks.push(chunk);
  }
  return {
    status: answer.statusCode ?? 0,
    type: (answer.headers['content-type'] ?? '').replace(/;.*$/s, '').trim().toLowerCase(),
    body: Buffer.concat(chunks, length).toString('utf8'),
    challenges: answer.headersDistinct['www-authenticate'] ?? [],
  };
}
