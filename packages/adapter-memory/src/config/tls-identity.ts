import type { TlsTrust } from '@remote-consoles/core';

/** Who a TLS server is, as PEM text, and how a client can tell. */
export interface TlsIdentity {
  readonly cert: string;
  readonly key: string;
  /** How the certificate above is believed. */
  readonly trust: TlsTrust;
  /** The name that the certificate is for. */
  readonly serverName: string;
}
