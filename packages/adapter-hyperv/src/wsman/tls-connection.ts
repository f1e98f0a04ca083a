import { isIP } from 'node:net';
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls';
import type { Secret, TlsTrust } from '@remote-consoles/core';
import { hasFingerprint } from './certificate-fingerprint.js';

/** Where a WS-Man service is and how it is believed. */
export interface WsmanServer {
  /** A name or an address without brackets. */
  readonly host: string;
  readonly port: number;
  readonly trust: TlsTrust;
}

/** Who we are in TLS. PEM. */
export interface ClientIdentity {
  readonly certificate: string;
  readonly key: Secret;
}

/** TLS that is up, with a server that is believed. */
export interface TlsConnection {
  readonly socket: TLSSocket;
  /** The server's certificate, DER. */
  readonly certificate: Uint8Array;
}

/**
 * Opens TLS to a server whose certificate was checked: no password is on its way before.
 */
export function connectTls(
  server: WsmanServer,
  identity: ClientIdentity | undefined,
  signal: AbortSignal,
): Promise<TlsConnection> {
  return new Promise((resolve, reject) => {
    const socket = connect(tlsOptions(server, identity));
    socket.setNoDelay(true);
    const abort = () => socket.destroy(new Error('no TLS connection in time'));
    const end = (problem?: Error) => {
      signal.removeEventListener('abort', abort);
      if (problem) reject(problem);
    };
    signal.addEventListener('abort', abort, { once: true });
    if (signal.aborted) abort();
    // Stays: a kept connection that breaks between two requests is nobody's error.
    socket.on('error', end);
    socket.once('secureConnect', () => {
      // Asked once: Node 20 gives it to the first who asks.
      const certificate = socket.getPeerX509Certificate()?.raw;
      if (!certificate || !isTrusted(certificate, server.trust)) {
        socket.destroy(new Error('the certificate is not the pinned one'));
        return;
      }
      end();
      resolve({ socket, certificate: new Uint8Array(certificate) });
    });
  });
}

function tlsOptions(
  { host, port, trust }: WsmanServer,
  identity: ClientIdentity | undefined,
): ConnectionOptions {
  return {
    host,
    port,
    minVersion: 'TLSv1.2',
    ...(isIP(host) === 0 && { servername: host }),
    ...(trust.kind === 'ca' && { ca: trust.ca }),
    // A pinned certificate is believed for its own sake: its issuer, names and dates say nothing more.
    rejectUnauthorized: trust.kind !== 'pin',
    ...(identity && {
      cert: identity.certificate,
      key: identity.key.reveal(),
      // Windows asks for the certificate after it has read the request. In TLS 1.3 that is an extension which Node
      // does not offer; in TLS 1.2 it is a renegotiation.
      maxVersion: 'TLSv1.2',
    }),
  };
}

function isTrusted(certificate: Uint8Array, trust: TlsTrust): boolean {
  return trust.kind !== 'pin' || hasFingerprint(certificate, trust.algorithm, trust.fingerprint);
}
