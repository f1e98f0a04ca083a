import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import type { TlsTrust } from '@remote-consoles/core';
import { VimUnavailable } from '../soap/vim-error.js';
import { TrustedAgent } from './trusted-agent.js';

/** The longest answer that is read, bytes. */
const MAX_ANSWER = 8 * 1024 * 1024;
const MAX_COOKIE = 4096;

export interface HttpAnswer {
  readonly status: number;
  readonly body: string;
  /** The session cookie that the answer sets, as it is to be sent back. */
  readonly cookie?: string;
}

/** What one HTTP request of ours has. */
export interface HttpCall {
  readonly path: string;
  /** A GET where absent. */
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

/** One vCenter or ESXi host, as HTTPS. */
export class VimEndpoint {
  /** The host that was configured, without brackets. */
  readonly host: string;
  readonly port: number;
  readonly #agent: TrustedAgent;

  /** @param url `https:`; its path is not used @param timeout ms until TLS must be up */
  constructor(url: URL, trust: TlsTrust, timeout: number) {
    this.host = url.hostname.replace(/^\[|\]$/g, '');
    this.port = url.port === '' ? 443 : Number(url.port);
    this.#agent = new TrustedAgent({ host: this.host, port: this.port, trust, timeout });
  }

  /** @throws VimUnavailable where no complete answer of bearable size comes before the signal */
  async send(call: HttpCall): Promise<HttpAnswer> {
    try {
      return await this.#exchange(call, true);
    } catch (cause) {
      if (cause instanceof VimUnavailable) throw cause;
      const reason = call.signal.aborted ? 'no answer in time' : ((cause as Error).message ?? 'no answer');
      throw new VimUnavailable(reason, { cause });
    }
  }

  close(): void {
    this.#agent.destroy();
  }

  #exchange(call: HttpCall, retry: boolean): Promise<HttpAnswer> {
    return new Promise((resolve, reject) => {
      const sent = request({
        agent: this.#agent,
        host: this.host,
        port: this.port,
        path: call.path,
        method: call.body === undefined ? 'GET' : 'POST',
        headers: {
          ...call.headers,
          ...(call.body !== undefined && { 'content-length': Buffer.byteLength(call.body) }),
        },
        signal: call.signal,
      });
      sent.once('response', (answer) => readAnswer(answer).then(resolve, reject));
      sent.once('error', (error: NodeJS.ErrnoException) => {
        // A kept connection may have been closed by the server just when it was taken; that says nothing.
        const stale = sent.reusedSocket && (error.code === 'ECONNRESET' || error.code === 'EPIPE');
        if (stale && retry && !call.signal.aborted) this.#exchange(call, false).then(resolve, reject);
        else reject(error);
      });
      sent.end(call.body);
    });
  }
}

async function readAnswer(answer: IncomingMessage): Promise<HttpAnswer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > MAX_ANSWER) throw new VimUnavailable(`an answer of more than ${MAX_ANSWER} bytes`);
    chunks.push(chunk);
  }
  const cookie = sessionCookie(answer.headers['set-cookie'] ?? []);
  return {
    status: answer.statusCode ?? 0,
    body: Buffer.concat(chunks, length).toString('utf8'),
    ...(cookie !== undefined && { cookie }),
  };
}

/** Kept as it came, quotes included: vSphere wants it back so. */
function sessionCookie(lines: readonly string[]): string | undefined {
  return lines
    .map((line) => line.split(';', 1)[0]?.trim() ?? '')
    .find((pair) => pair.startsWith('vmware_soap_session=') && pair.length <= MAX_COOKIE);
}
