import { Agent as HttpAgent, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';

/** Metadata and key sets are some kilobytes long. */
const MAX_BODY = 1 << 19;

/** Reads documents of the issuer. Redirects are not followed. */
export class IssuerConnection {
  readonly #ca: string | undefined;
  readonly #timeout: number;
  readonly #agents = { 'http:': new HttpAgent(), 'https:': new HttpsAgent() };

  /** @param settings.timeout ms for one answer, from the call to the last byte */
  constructor(settings: { readonly ca?: string; readonly timeout: number }) {
    this.#ca = settings.ca;
    this.#timeout = settings.timeout;
  }

  /** @throws Error where no complete answer of status 200 came in time */
  get(url: string): Promise<string> {
    const secure = url.startsWith('https:');
    const send = secure ? httpsRequest : httpRequest;
    return new Promise((resolve, reject) => {
      const outgoing = send(url, {
        agent: this.#agents[secure ? 'https:' : 'http:'],
        signal: AbortSignal.timeout(this.#timeout),
        headers: { accept: 'application/json', 'user-agent': 'remote-consoles' },
        ...(this.#ca !== undefined && { ca: this.#ca }),
      });
      outgoing.on('error', reject);
      outgoing.on('response', (incoming) => {
        if (incoming.statusCode === 200) read(incoming).then(resolve, reject);
        else reject(new Error(`${url} answers ${incoming.statusCode}`));
        if (incoming.statusCode !== 200) incoming.destroy();
      });
      outgoing.end();
    });
  }

  close(): void {
    for (const agent of Object.values(this.#agents)) agent.destroy();
  }
}

async function read(incoming: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of incoming) {
    length += chunk.length;
    if (length > MAX_BODY) throw new Error(`an answer longer than ${MAX_BODY} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
