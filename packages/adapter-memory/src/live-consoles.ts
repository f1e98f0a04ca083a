import { createServer } from 'node:net';
import type { Clock, ConsoleSecurity, Random, Server } from '@remote-consoles/core';
import { Secret } from '@remote-consoles/core';
import type { RfbServerSecurity } from '@remote-consoles/rfb';
import { type ExternalConsole, tcp } from './config/external-console.js';
import type { LiveVnc } from './config/inventory.js';
import type { TlsIdentity } from './config/tls-identity.js';
import { LoopbackListener } from './loopback-listener.js';
import { TicketStore } from './mks/ticket-store.js';
import type { Picture } from './picture/picture.js';
import { MachineScreen, type ScreenSize } from './screen/machine-screen.js';
import { GuestSystem } from './tty/guest-system.js';
import { serveSerial } from './tty/serial-connection.js';
import { Display } from './vnc/display.js';
import { VncConnection, type VncService } from './vnc/vnc-connection.js';

const DEFAULT_SIZE: ScreenSize = { width: 1024, height: 768 };
const NO_SECURITY: RfbServerSecurity = { kind: 'none' };

/** The consoles of one machine that this process serves, each on its own port from when it is first asked for. */
export class LiveConsoles {
  readonly guest: GuestSystem;
  readonly #server: () => Server;
  readonly #clock: Clock;
  readonly #vnc: LiveVnc | undefined;
  readonly #identity: () => TlsIdentity;
  readonly #tickets: TicketStore;
  readonly #vncListener: LoopbackListener;
  readonly #mksListener: LoopbackListener;
  readonly #serialListener: LoopbackListener;
  #display: Display | undefined;

  constructor(options: {
    readonly server: () => Server;
    readonly vnc: LiveVnc | undefined;
    readonly identity: () => TlsIdentity;
    readonly clock: Clock;
    readonly random: Random;
  }) {
    const { server, vnc, identity, clock, random } = options;
    this.#server = server;
    this.#clock = clock;
    this.#vnc = vnc;
    this.#identity = identity;
    this.#tickets = new TicketStore(clock, random);
    this.guest = new GuestSystem({ hostname: server().name, serverId: server().id }, clock);
    this.#vncListener = new LoopbackListener(() => this.#createVncServer());
    // `ws` is loaded when the first such console is opened.
    this.#mksListener = new LoopbackListener(async () =>
      (await import('./mks/mks-server.js')).createMksServer(this.#service(NO_SECURITY), this.#tickets),
    );
    this.#serialListener = new LoopbackListener(() =>
      createServer((socket) => serveSerial(socket, this.guest.serial)),
    );
  }

  async openVnc(): Promise<ExternalConsole> {
    // Field by field: two spreads here cost 3 µs of every request for a console.
    const { transport, connectInfo } = tcp(LoopbackListener.host, await this.#vncListener.port());
    return { transport, security: this.#clientSecurity(), connectInfo };
  }

  async openSerial(): Promise<ExternalConsole> {
    return { ...tcp(LoopbackListener.host, await this.#serialListener.port()), security: { kind: 'none' } };
  }

  /** The address holds a ticket that lets one connection in. */
  async openMks(): Promise<ExternalConsole> {
    const { host } = LoopbackListener;
    const port = await this.#mksListener.port();
    return {
      transport: { kind: 'websocket', url: `ws://${host}:${port}/ticket/${this.#tickets.issue()}` },
      security: { kind: 'none' },
      connectInfo: { host, port, tlsPort: null, internalAccessPath: null },
    };
  }

  /** What the screen shows now. */
  snapshot(): Picture {
    return this.#openDisplay().snapshot();
  }

  /** Tells that the machine looks different. */
  touch(): void {
    this.#display?.touch();
  }

  /** Ends every console and its tickets. They may be opened again. */
  async close(): Promise<void> {
    this.#tickets.clear();
    await Promise.all([this.#vncListener.close(), this.#mksListener.close(), this.#serialListener.close()]);
  }

  #createVncServer() {
    const service = this.#service(this.#vnc?.security ?? NO_SECURITY);
    return createServer({ noDelay: true }, (socket) => {
      new VncConnection(socket, service);
    });
  }

  #service(security: RfbServerSecurity): VncService {
    const encrypted = security.kind === 'vencrypt-x509none' || security.kind === 'vencrypt-x509vnc';
    return {
      display: this.#openDisplay(),
      name: this.#server().name,
      security,
      ...(encrypted && { identity: this.#identity() }),
    };
  }

  #openDisplay(): Display {
    if (this.#display) return this.#display;
    const { screen } = this.guest;
    const display = new Display(
      new MachineScreen(this.#server, screen, this.#clock, this.#vnc?.size ?? DEFAULT_SIZE),
    );
    screen.attach(() => display.touch());
    this.#display = display;
    return display;
  }

  /** What a client needs to know to get in. */
  #clientSecurity(): ConsoleSecurity {
    const security = this.#vnc?.security ?? NO_SECURITY;
    if (security.kind === 'none') return { kind: 'rfb' };
    const password = 'password' in security ? { password: new Secret(security.password) } : {};
    if (security.kind === 'vnc') return { kind: 'rfb', ...password };
    const { trust, serverName } = this.#identity();
    return { kind: 'rfb', ...password, tls: { trust, serverName }, tlsRequired: true };
  }
}
