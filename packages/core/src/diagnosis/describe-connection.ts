import type { ConsoleConnection } from '../connection/console-connection.js';

/** Where a console is, in words: no path or query of a URL, which may be a ticket. */
export function describeConnection({ type, transport }: ConsoleConnection): string {
  switch (transport.kind) {
    case 'tcp':
    case 'tls':
      return `${type} by ${transport.kind.toUpperCase()} at ${at(transport.host, transport.port)}`;
    case 'unix':
      return `${type} at the socket ${transport.path}`;
    case 'websocket':
      return `${type} by WebSocket at ${/^wss?:\/\/([^/?#@\s]+)(?:[/?#]|$)/.exec(transport.url)?.[1] ?? 'an unusable URL'}`;
    case 'hypervisor':
      return `${type}, opened by the hypervisor itself`;
  }
}

function at(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
