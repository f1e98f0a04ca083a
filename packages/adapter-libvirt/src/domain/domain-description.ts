import type { Secret } from '@remote-consoles/core';
import type { XmlElement } from './xml-element.js';

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
  /** Whether it lets nobody in without TLS (SPICE's secure mode, of all channels or of some). */
  readonly secureOnly: boolean;
  /** Present only in a description that was asked for with secrets. */
  readonly password?: Secret;
  /** Until when the password lets anybody in, in ms since the epoch; absent where that is not limited. */
  readonly passwordValidTo?: number;
  /** The element itself, to be given back to libvirt with a change. */
  readonly element: XmlElement;
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
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'other'; readonly type: string };

/** A `<serial>` or virtio `<console>` element. */
export interface CharacterDevice {
  /** libvirt's name, such as `serial0`; a running domain has one for each device. */
  readonly alias?: string;
  /** `isa-serial`, `virtio`, … */
  readonly target: string;
  readonly source: CharacterSource;
  /** The file that libvirt writes what the guest prints to, where one is configured. */
  readonly logFile?: string;
}

/** What the domain's `<metadata>` says about the server that it is. */
export interface ServerMetadata {
  readonly projectId?: string;
  readonly userId?: string;
  readonly name?: string;
  /** The alias of the character device that is the server's serial console, where it is not the first. */
  readonly serialDevice?: string;
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
