import type { ConsoleKind } from '../console/console-kind.js';
import type { Endpoint } from '../load/endpoint.js';

/** A proxy under test, which runs. */
export interface Contender {
  readonly name: ContenderName;
  /** The process whose tree is measured. */
  pid(kind: ConsoleKind): number;
  endpoint(kind: ConsoleKind): Promise<Endpoint>;
  /** CPU that it had used when it began to listen; s */
  readonly startUp: number;
  stop(): Promise<void>;
}

/** nginx relays bytes as they are: what relaying costs at least. */
export type ContenderName = 'remote-consoles' | 'nginx' | 'websockify' | 'lighttpd';

/** Certificate and key files of the side that viewers see; undefined without TLS. */
export type TlsFiles = { readonly certificate: string; readonly key: string } | undefined;
