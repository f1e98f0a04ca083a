import type { Secret } from '@remote-consoles/core';

/** Where a display listens. `none`: nowhere but through libvirt itself, or the domain does not run. */
export type DisplayListen =
  | { readonly kind: 'tcp'; readonly host: string; readonly port?: number; readonly tlsPort?: number }
  | { readonly kind: 'unix'; readonly path: string }
  | { readonly kind: 'none' };

/** A `<graphics>` element. */
export interface Display {
  readonly type: 'vnc' | 'spice' | 'other';
  /** Its place among all displays of the domain: what libvirt calls it by. */
  readonly index: number;
  readonly listen: DisplayListen;
  /** Present only in a description that was asked for with secrets. */
  readonly password?: Secret;
}

/** Where the bytes of a serial port or console go. */
export type CharacterSource =
  | { readonly kind: 'pty' }
  | {
      readonly kind: 'tcp';
      /** `bind`: QEMU listens; `connect`: QEMU dials somebody, and nobody can dial QEMU. */
      readonly mode: 'bind' | 'connect';
      readonly host: string;
      readonly port: number;
      readonly protocol: 'raw' | 'telnet' | 'other';
      readonly tls: boolean;
    }
  | { readonly kind: 'unix'; readonly mode: 'bind' | 'connect'; readonly path: string }
  | { readonly kind: 'other'; readonly type: string };

/** A `<serial>` or virtio `<console>` element. */
export interface CharacterDevice {
  /** libvirt's name, such as `serial0`; a running domain has one for each device. */
  readonly alias: string | undefined;
  /** `isa-serial`, `virtio`, … */
  readonly target: string;
  readonly source: CharacterSource;
  /** The file that libvirt writes what the guest prints to, where one is configured. */
  readonly logFile: string | undefined;
}

/** What the domain's `<metadata>` says about the server that it is. */
export interface ServerMetadata {
  readonly projectId?: string;
  readonly userId?: string;
  readonly name?: string;
  /** ms since the epoch */
  readonly createdAt?: number;
}

/** The parts of a domain's XML that consoles need. */
export interface DomainDescription {
  readonly uuid: string;
  readonly name: string;
  readonly title: string | undefined;
  readonly metadata: ServerMetadata;
  readonly displays: readonly Display[];
  readonly characterDevices: readonly CharacterDevice[];
}
