import { isIPv6 } from 'node:net';
import type { ConsoleConnection, ConsoleTransport, TlsTrust } from '@remote-consoles/core';
import { VimUnavailable } from '../soap/vim-error.js';
import type { ConsoleTicket, TicketType } from '../vim/console-ticket.js';
import { type TicketFingerprints, ticketFingerprints, ticketTrust } from './ticket-trust.js';

/** Ports where a ticket names none: WebMKS shares that of HTTPS, MKS has that of the authentication daemon. */
const DEFAULT_PORT = { webmks: 443, mks: 902 } as const;

/** What a connection is made from. */
export interface MksTarget {
  readonly serverId: string;
  readonly type: TicketType;
  readonly ticket: ConsoleTicket;
  /** The server that was asked for the ticket. */
  readonly askedHost: string;
  /** Believed where the ticket has no fingerprint. */
  readonly hostTrust: TlsTrust | undefined;
}

/**
 * The console that a fresh ticket opens.
 *
 * A `webmks` ticket is a WebSocket address: whoever has it has the console, once. Nova's `mks` tickets are for proxies
 * that speak the protocol of port 902, so all that counts there is the connect info.
 *
 * @throws VimUnavailable where the ticket names no certificate and the operator trusts nobody, or has no usable address
 */
export function mksConnection(target: MksTarget): ConsoleConnection {
  const { ticket, type, serverId } = target;
  const prints = ticketFingerprints(ticket);
  const trust = ticketTrust(prints, target.hostTrust);
  if (!trust) {
    throw new VimUnavailable(
      'the ticket names no certificate of the host; set hostTrust to check it otherwise',
    );
  }
  const url = type === 'webmks' && ticket.url !== undefined ? parseConsoleUrl(ticket.url) : undefined;
  const host = ticket.host ?? url?.hostname.replace(/^\[|\]$/g, '') ?? target.askedHost;
  const port = ticket.port ?? (url?.port ? Number(url.port) : DEFAULT_PORT[type]);
  const transport: ConsoleTransport =
    type === 'mks'
      ? { kind: 'tcp', host, port }
      : { kind: 'websocket', url: url?.href ?? consoleUrl(host, port, ticket.ticket), tls: { trust } };
  return {
    serverId,
    type: 'webmks',
    transport,
    security: { kind: 'none' },
    connectInfo: { host, port, tlsPort: null, internalAccessPath: accessPath(ticket, prints) },
  };
}

function consoleUrl(host: string, port: number, ticket: string): string {
  return `wss://${isIPv6(host) ? `[${host}]` : host}:${port}/ticket/${encodeURIComponent(ticket)}`;
}

function parseConsoleUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== 'wss:' || url.username !== '' || url.password !== '' || url.hash !== '') {
    throw new VimUnavailable('a ticket whose address is no wss URL');
  }
  return url;
}

/** Nova's keys in Nova's form: the thumbprint is SHA-1. */
function accessPath({ ticket, cfgFile }: ConsoleTicket, prints: TicketFingerprints): string {
  return JSON.stringify({ ticket, cfgFile, thumbprint: prints.sha1?.fingerprint ?? null });
}
