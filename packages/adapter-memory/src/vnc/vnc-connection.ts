import { randomBytes } from 'node:crypto';
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { createSecureContext, TLSSocket } from 'node:tls';
import {
  BGRX,
  encodeServerInit,
  type HandshakeStep,
  RfbError,
  RfbServerHandshake,
  type RfbServerSecurity,
} from '@remote-consoles/rfb';
import type { TlsIdentity } from '../config/tls-identity.js';
import type { Display } from './display.js';
import { VncViewer } from './vnc-viewer.js';

/** A client must be through the handshake in this time, in ms. */
const HANDSHAKE_MS = 10_000;

/** What a VNC server serves, and to whom. */
export interface VncService {
  readonly display: Display;
  readonly name: string;
  readonly security: RfbServerSecurity;
  /** Needed where the security is one of VeNCrypt's. */
  readonly identity?: TlsIdentity;
}

/** One VNC client from its first byte to its last. Every client shares the screen with the others. */
export class VncConnection {
  readonly #service: VncService;
  readonly #handshake: RfbServerHandshake;
  readonly #deadline: NodeJS.Timeout;
  #stream: Duplex;
  #receive: (bytes: Uint8Array) => void;
  #viewer: VncViewer | undefined;

  constructor(stream: Duplex, service: VncService) {
    this.#service = service;
    this.#handshake = new RfbServerHandshake({ security: service.security, random: (n) => randomBytes(n) });
    this.#deadline = setTimeout(() => this.#stream.destroy(), HANDSHAKE_MS).unref();
    this.#receive = (bytes) => this.#act(this.#handshake.receive(bytes));
    this.#stream = stream;
    this.#listen(stream);
    this.#act(this.#handshake.start());
  }

  #listen(stream: Duplex): void {
    stream.on('data', (bytes: Uint8Array) => this.#try(() => this.#receive(bytes)));
    stream.on('error', () => stream.destroy());
    stream.once('close', () => this.#closed(stream));
  }

  #try(act: () => void): void {
    try {
      act();
    } catch (error) {
      this.#receive = () => {};
      const farewell = error instanceof RfbError ? error.farewell : undefined;
      const stream = this.#stream;
      if (farewell) stream.end(farewell, () => stream.destroy());
      else stream.destroy();
    }
  }

  #act(steps: readonly HandshakeStep[]): void {
    for (const step of steps) {
      if (step.kind === 'send') this.#stream.write(step.bytes);
      if (step.kind === 'start-tls') this.#startTls();
      if (step.kind === 'done') this.#awaitClientInit(step.rest);
    }
  }

  #startTls(): void {
    const { identity } = this.#service;
    if (!identity || !(this.#stream instanceof Socket)) throw new Error('this console has no TLS');
    const plain = this.#stream.removeAllListeners('data');
    const secure = new TLSSocket(plain, { isServer: true, secureContext: createSecureContext(identity) });
    this.#stream = secure;
    this.#listen(secure);
    secure.once('secure', () => this.#try(() => this.#act(this.#handshake.tlsEstablished())));
  }

  /** ClientInit is one byte that asks to be alone; nobody is (RFC 6143 §7.3.1). */
  #awaitClientInit(rest: Uint8Array): void {
    this.#receive = (bytes) => {
      if (bytes.length > 0) this.#begin(bytes.subarray(1));
    };
    this.#receive(rest);
  }

  #begin(rest: Uint8Array): void {
    clearTimeout(this.#deadline);
    const { display, name } = this.#service;
    const { width, height } = display.screen;
    this.#stream.write(encodeServerInit({ width, height, pixelFormat: BGRX, name }));
    const viewer = new VncViewer(this.#stream, display);
    this.#viewer = viewer;
    this.#receive = (bytes) => viewer.receive(bytes);
    display.join(viewer);
    viewer.receive(rest);
  }

  #closed(stream: Duplex): void {
    if (stream !== this.#stream) return;
    clearTimeout(this.#deadline);
    if (this.#viewer) this.#service.display.leave(this.#viewer);
  }
}
