import type { ConsoleType } from '../console/console-type.js';
import type { Secret } from './secret.js';

/** How a TLS peer is believed. Verification is never off: a peer is checked by a CA, or by its own fingerprint. */
export type TlsTrust =
  | { readonly kind: 'system' }
  | { readonly kind: 'ca'; readonly ca: string }
  | { readonly kind: 'pin'; readonly algorithm: 'sha256' | 'sha1'; readonly fingerprint: string };

/** TLS towards a hypervisor. Certificates and keys are PEM text. */
export interface TlsSettings {
  readonly trust: TlsTrust;
  /** The name the certificate must have; the host of the transport where absent. */
  readonly serverName?: string;
  /** Instead of a name: the whole subject that the certificate must have, `C=IL,O=Example,CN=kvm1` (SPICE's host subject). */
  readonly subject?: string;
  readonly identity?: { readonly certificate: string; readonly key: Secret };
}

/** Where a console's bytes are. */
export type ConsoleTransport =
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number }
  | { readonly kind: 'tls'; readonly host: string; readonly port: number; readonly tls: TlsSettings }
  | { readonly kind: 'unix'; readonly path: string }
  | { readonly kind: 'websocket'; readonly url: string; readonly tls?: TlsSettings }
  | HypervisorTransport;

/** The adapter itself opens the stream (`ConsoleStreamPort`), for instance from a passed file descriptor. */
export interface HypervisorTransport {
  readonly kind: 'hypervisor';
  /** The configured name of the hypervisor (`HypervisorPort.name`). */
  readonly hypervisor: string;
  /** What the adapter needs to find the console again; opaque to everyone else, without secrets. */
  readonly address: string;
}

/** What must happen on the transport before the console speaks. */
export type ConsoleSecurity =
  | { readonly kind: 'none' }
  /**
   * RFB's own security phase. `password` answers VNC authentication; `tls` allows VeNCrypt with an X.509 certificate
   * checked so; `tlsRequired` refuses a server that offers nothing encrypted.
   */
  | {
      readonly kind: 'rfb';
      readonly password?: Secret;
      readonly tls?: TlsSettings;
      readonly tlsRequired?: boolean;
    }
  | { readonly kind: 'spice-ticket'; readonly ticket: Secret }
  /** RDP: what the gateway does before the browser's RDP begins. */
  | {
      readonly kind: 'rdp';
      readonly mode: 'vmconnect' | 'nla' | 'tls';
      readonly tls: TlsSettings;
      readonly preconnectionBlob?: string;
      readonly account?: { readonly user: string; readonly domain?: string; readonly password: Secret };
    };

/** What Nova calls connect info: the address parts that `os-console-auth-tokens` shows. */
export interface ConnectInfo {
  readonly host: string;
  readonly port: number;
  readonly tlsPort: number | null;
  readonly internalAccessPath: string | null;
}

/** Where and how a server's console is reached right now. It may hold secrets and never leaves the process. */
export interface ConsoleConnection {
  readonly serverId: string;
  readonly type: ConsoleType;
  readonly transport: ConsoleTransport;
  readonly security: ConsoleSecurity;
  readonly connectInfo: ConnectInfo;
}
