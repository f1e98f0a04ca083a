import { randomBytes } from 'node:crypto';
import { connect } from 'node:tls';
import type { ConsoleConnection } from '@remote-consoles/core';

/** What became of opening a console's WebSocket: its HTTP status, and the first bytes of the console. */
export interface OpenedConsole {
  readonly status: number;
  readonly firstMessage: string;
  /** The host's certificate, DER. */
  readonly certificate: Buffer;
}

/** Opens the WebSocket of a connection once, and waits for the console's first message. */
export async function openConsoleSocket({ transport }: ConsoleConnection): Promise<OpenedConsole> {
  if (transport.kind !== 'websocket') throw new Error('not a WebSocket');
  const url = new URL(transport.url);
  const socket = connect({ host: url.hostname, port: Number(url.port), rejectUnauthorized: false });
  socket.setTimeout(10_000, () => socket.destroy(new Error('no answer')));
  const received: Buffer[] = [];
  try {
    socket.write(
      `GET ${url.pathname} HTTP/1.1\r\nHost: ${url.host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
        `Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${randomBytes(16).toString('base64')}\r\n` +
        'Sec-WebSocket-Protocol: binary\r\n\r\n',
    );
    for await (const chunk of socket as AsyncIterable<Buffer>) {
      received.push(chunk);
      const [head = '', body] = Buffer.concat(received).toString('latin1').split('\r\n\r\n', 2);
      const status = Number(head.split(' ')[1]);
      if (body === undefined || (status === 101 && body.length < 2)) continue;
      // The first frame of a server is unmasked, and its header two bytes for anything so short.
      const certificate = socket.getPeerX509Certificate()?.raw ?? Buffer.alloc(0);
      return { status, firstMessage: status === 101 ? body.slice(2) : '', certificate };
    }
    throw new Error('the host hung up');
  } finally {
    socket.destroy();
  }
}
