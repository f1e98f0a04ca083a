import type { XmlElement } from '@remote-consoles/soap-xml';
import { VimUnavailable } from '../soap/vim-error.js';

export type TicketType = 'webmks' | 'mks';

/** vSphere's `VirtualMachineTicket`: a one-use, short-lived way to one console. It is a secret. */
export interface ConsoleTicket {
  readonly ticket: string;
  readonly cfgFile: string;
  /** The ESXi host; the server that was asked where absent. */
  readonly host?: string;
  readonly port?: number;
  /** The whole address, ticket included; newer servers give it. */
  readonly url?: string;
  /** SHA-1; a server may be set to leave it out. */
  readonly sslThumbprint?: string;
  /** Since vSphere 7.0.3.1. */
  readonly thumbprints: readonly { readonly algorithm: string; readonly thumbprint: string }[];
  /** PEM, since vSphere 9. */
  readonly sslCertificate?: string;
}

/** @throws VimUnavailable where there is no ticket, or a host or port that cannot be one */
export function parseConsoleTicket(from: XmlElement | undefined): ConsoleTicket {
  const ticket = from?.textOf('ticket');
  const host = from?.textOf('host');
  const port = from?.textOf('port');
  if (!from || ticket === undefined || ticket.length > 1024)
    throw new VimUnavailable('an answer without ticket');
  if (host !== undefined && !isHost(host)) throw new VimUnavailable('a ticket with an impossible host');
  if (port !== undefined && !isPort(port)) throw new VimUnavailable('a ticket with an impossible port');
  const url = from.textOf('url');
  const sslThumbprint = from.textOf('sslThumbprint');
  const sslCertificate = from.textOf('sslCertificate');
  return {
    ticket,
    cfgFile: from.textOf('cfgFile') ?? '',
    ...(host !== undefined && { host }),
    ...(port !== undefined && port !== '0' && { port: Number(port) }),
    ...(url !== undefined && { url }),
    ...(sslThumbprint !== undefined && { sslThumbprint }),
    thumbprints: from.all('certThumbprintList').map((entry) => ({
      algorithm: entry.textOf('hashAlgorithm') ?? '',
      thumbprint: entry.textOf('thumbprint') ?? '',
    })),
    ...(sslCertificate !== undefined && { sslCertificate }),
  };
}

function isHost(text: string): boolean {
  return text.length <= 253 && /^[A-Za-z0-9._:-]+$/.test(text);
}

function isPort(text: string): boolean {
  return /^\d{1,5}$/.test(text) && Number(text) <= 65_535;
}
