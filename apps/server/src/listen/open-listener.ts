import type { Server as HttpServer } from 'node:http';
import { Server as TlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { SecureContextOptions } from 'node:tls';
import type { Logger } from '@remote-consoles/core';
import type { Listener } from '../config/listener.js';
import { Certificate } from './certificate.js';

/** A listener that accepts connections. */
export interface OpenListener {
  readonly address: AddressInfo;
  /** Reads the files of the certificate again, where there is one. Never rejects. */
  reloadCertificate(): Promise<void>;
  /** Accepts no more connections. Resolves when those that are open have ended. */
  stop(): Promise<void>;
  /** Cuts the connections of requests, those that nobody asks anything on included; sessions stay. */
  cutRequests(): void;
}

export interface ListenerSettings {
  /** Where relative paths start. */
  readonly directory: string;
  readonly logger: Logger;
  /** Makes the server of this listener; with TLS where a certificate is given. */
  readonly createHttp: (listener: Listener, tls: SecureContextOptions | undefined) => HttpServer;
}

/** A listener that could not be opened. */
export class ListenError extends Error {
  override readonly name = 'ListenError';
  override readonly cause: NodeJS.ErrnoException;
  readonly listener: Listener;

  constructor(listener: Listener, cause: NodeJS.ErrnoException) {
    super(cause.message);
    this.cause = cause;
    this.listener = listener;
  }
}

/** @throws ListenError where the address cannot be had; TlsPairError where the certificate cannot be used */
export async function openListener(listener: Listener, settings: ListenerSettings): Promise<OpenListener> {
  const { directory, logger, createHttp } = settings;
  const certificate = listener.tls && (await Certificate.load(listener.tls, directory, logger));
  const http = createHttp(listener, certificate?.context);
  await listen(http, listener);
  if (http instanceof TlsServer) await certificate?.follow(http);
  return {
    address: http.address() as AddressInfo,
    reloadCertificate: async () => certificate?.reload(),
    stop: () => {
      certificate?.close();
      return new Promise((resolve) => http.close(() => resolve()));
    },
    cutRequests: () => http.closeAllConnections(),
  };
}

function listen(http: HttpServer, listener: Listener): Promise<void> {
  return new Promise((resolve, reject) => {
    const refused = (error: Error) => reject(new ListenError(listener, error));
    http.once('error', refused);
    const { host, port } = listener.address;
    http.listen({ host, port }, () => {
      http.off('error', refused);
      resolve();
    });
  });
}
