import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';

/** Whether the host at this address is a proxy of ours, whose X-Forwarded-For and X-Forwarded-Proto are believed. */
export type TrustsProxy = (address: string) => boolean;

/** Whether what a request says in its forwarded headers is believed: its connection comes from a trusted proxy. */
export function isForwarded({ socket }: IncomingMessage, trustsProxy: TrustsProxy): boolean {
  return socket.remoteAddress !== undefined && trustsProxy(socket.remoteAddress);
}

/**
 * Who is connected to us, or, through trusted proxies, to the outermost of them. Every proxy appends the address that
 * it was reached from, so X-Forwarded-For is read from its end, and never past the first address that is no proxy's:
 * what stands before it was written by the client.
 */
export function clientAddress(request: IncomingMessage, trustsProxy: TrustsProxy): string | undefined {
  const { headers, socket } = request;
  let address = socket.remoteAddress;
  const forwarded = headers['x-forwarded-for'];
  if (typeof forwarded !== 'string') return address;
  for (const hop of forwarded.split(',').reverse()) {
    const next = hop.trim();
    if (address === undefined || !trustsProxy(address) || isIP(next) === 0) return address;
    address = next;
  }
  return address;
}
