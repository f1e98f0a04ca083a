import { connect as connectTcp, createServer, type Server, type Socket } from 'node:net';
import { pipeline } from 'node:stream/promises';
import { connect as connectTls } from 'node:tls';

/** Longest answer head that is read, bytes. */
const MAX_HEAD = 16_384;

/** ms until the gateway must have opened the console */
const OPEN_TIMEOUT = 30_000;

/** The URL opens no console; the message says why and what to do. */
export class TunnelError extends Error {
  override readonly name = 'TunnelError';
}

/**
 * Lets native VNC viewers in: each connection to the returned server asks for the console with a plain GET and becomes
 * the raw RFB stream after the answer's blank line, as nova-xvpvncproxy had it.
 *
 * @param url a console URL of type xvpvnc
 * @param failed is told why a viewer was turned away
 */
export function xvpvncTunnel(url: URL, failed: (error: Error) => void): Server {
  return createServer({ pauseOnConnect: true }, (viewer) => {
    join(viewer, url).catch((error: unknown) => {
      viewer.destroy();
      failed(error instanceof Error ? error : new Error(String(error)));
    });
  });
}

async function join(viewer: Socket, url: URL): Promise<void> {
  const { socket, rest } = await openConsole(url);
  viewer.write(rest);
  viewer.resume();
  // Either side may leave first; that is how sessions end.
  await Promise.allSettled([pipeline(viewer, socket), pipeline(socket, viewer)]);
}

function openConsole(url: URL): Promise<{ socket: Socket; rest: Buffer }> {
  return new Promise((resolve, reject) => {
    const socket = dial(url);
    let head = Buffer.alloc(0);
    const read = (chunk: Buffer) => {
      head = Buffer.concat([head, chunk]);
      const end = head.indexOf('\r\n\r\n');
      if (end < 0 && head.length <= MAX_HEAD) return;
      socket.off('data', read).pause().setTimeout(0);
      const refusal =
        end < 0 ? 'the server does not answer in HTTP' : refusalOf(head.toString('latin1', 0, end));
      if (refusal === undefined) resolve({ socket, rest: head.subarray(end + 4) });
      else socket.destroy(new TunnelError(refusal));
    };
    socket.on('data', read).on('error', reject);
    socket.on('close', () => reject(new TunnelError('the server closed the connection without an answer')));
    socket.setTimeout(OPEN_TIMEOUT, () => socket.destroy(new TunnelError('the server does not answer')));
    socket.write(`GET ${url.pathname}${url.search} HTTP/1.1\r\nHost: ${url.host}\r\n\r\n`);
  });
}

function dial({ protocol, hostname, port }: URL): Socket {
  const host = hostname.replace(/^\[|\]$/g, '');
  if (protocol === 'https:') return connectTls({ host, port: Number(port || 443), servername: host });
  return connectTcp({ host, port: Number(port || 80) });
}

function refusalOf(head: string): string | undefined {
  const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(head)?.[1]);
  if (status === 200) return undefined;
  if (status === 401 || status === 403)
    return 'the console URL is wrong, used up or has expired: ask for a new one';
  return `the server answered ${status || 'nonsense'}`;
}
