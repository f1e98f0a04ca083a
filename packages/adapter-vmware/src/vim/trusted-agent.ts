import { Agent, type RequestOptions } from 'node:https';
import { isIP } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect, type TLSSocket } from 'node:tls';
import type { TlsTrust } from '@remote-consoles/core';
import { matchesFingerprint, parseFingerprint } from './certificate-fingerprint.js';

/** Where and how an HTTPS server is reached and believed. */
export interface TrustedServer {
  /** A name or an address without brackets. */
  readonly host: string;
  readonly port: number;
  readonly trust: TlsTrust;
  /** ms until TLS must be up */
  readonly timeout: number;
}

type OnCreated = (error: Error | null, socket: Duplex) => void;

/**
 * Keeps connections to one HTTPS server. A connection is handed out only after its certificate was believed, so that
 * no password is on its way before.
 */
export class TrustedAgent extends Agent {
  readonly #server: TrustedServer;

  constructor(server: TrustedServer) {
    super({ keepAlive: true, maxSockets: 16, maxFreeSockets: 4 });
    this.#server = server;
  }

  override createConnection(_options: RequestOptions, created?: OnCreated): undefined {
    const { host, port, trust, timeout } = this.#server;
    const socket = connect({
      host,
      port,
      minVersion: 'TLSv1.2',
      ...(isIP(host) === 0 && { servername: host }),
      ...(trust.kind === 'ca' && { ca: trust.ca }),
      // A pinned certificate is believed for its own sake: its issuer, names and dates say nothing more.
      rejectUnauthorized: trust.kind !== 'pin',
    });
    socket.setNoDelay(true);
    socket.setTimeout(timeout, () => socket.destroy(new Error('no TLS connection in time')));
    const fail = (error: Error) => created?.(error, socket);
    socket.once('error', fail);
    socket.once('secureConnect', () => {
      const problem = pinProblem(socket, trust);
      if (problem) {
        socket.destroy(problem);
        return;
      }
      socket.off('error', fail);
      socket.setTimeout(0);
      created?.(null, socket);
    });
  }
}

function pinProblem(socket: TLSSocket, trust: TlsTrust): Error | undefined {
  if (trust.kind !== 'pin') return undefined;
  const expected = parseFingerprint(trust.algorithm, trust.fingerprint);
  const certificate = socket.getPeerX509Certificate();
  return expected && certificate && matchesFingerprint(expected, certificate.raw)
    ? undefined
    : new Error('the certificate is not the pinned one');
}
