import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type Clock, type ConsoleType, protocolOf } from '@remote-consoles/core';
import { WebSocketViewer } from '../relay/websocket-viewer.js';
import type { Session } from '../session/session.js';
import { switchingProtocols } from '../websocket/upgrade.js';
import { type AdmissionDesk, refused } from './admission.js';
import type { Reception } from './reception.js';
import { refuseUpgrade } from './refusal.js';
import { sessionCookie } from './request-token.js';

export interface WebSocketHandshakeSettings {
  readonly frameBytes: number;
  /** Whether cookies are for https alone. */
  readonly secureCookies: boolean;
  readonly clock: Clock;
}

/** Types whose viewer is something else than a WebSocket of ours. */
const NOT_BY_WEBSOCKET: ReadonlySet<ConsoleType> = new Set(['xvpvnc', 'spice-direct']);

/** Answers WebSocket handshakes: everything that can fail does so before the 101, as an HTTP status. */
export class WebSocketHandshake {
  readonly #desk: AdmissionDesk;
  readonly #reception: Reception;
  readonly #settings: WebSocketHandshakeSettings;

  constructor(desk: AdmissionDesk, reception: Reception, settings: WebSocketHandshakeSettings) {
    this.#desk = desk;
    this.#reception = reception;
    this.#settings = settings;
  }

  handle(message: IncomingMessage, socket: Duplex, head: Buffer): void {
    // The HTTP server has let go of the socket: without a listener an error of it would end the process.
    socket.on('error', ignore);
    const { closed } = this.#reception;
    const admission = closed ? refused(closed) : this.#desk.checkSocket(message);
    if (admission.kind === 'refused') {
      this.#reception.turnAway(admission.refusal, this.#desk.clientAddress(message));
      refuseUpgrade(socket, admission.refusal);
      return;
    }
    const { request, accept, subprotocol } = admission;
    void this.#reception.receive(socket, head, request, {
      serves: (type) => !NOT_BY_WEBSOCKET.has(type),
      refuse: (refusal) => refuseUpgrade(socket, refusal),
      accept: ({ session }) => {
        const cookie = session.key === request.sessionKey ? undefined : this.#cookie(session);
        socket.write(switchingProtocols(accept, subprotocol, cookie));
        return new WebSocketViewer(socket, {
          maxFrameBytes: this.#settings.frameBytes,
          // A client that types into a serial console may well send text; everything else is binary.
          text: session.authorization.type === 'serial' ? 'bytes' : 'refuse',
        });
      },
    });
  }

  /** Lets further sockets join where that is of use: for a token good for one session, for SPICE with its channels. */
  #cookie({ authorization, digest, key }: Session): string | undefined {
    if (!authorization.oneTime && protocolOf(authorization.type) !== 'spice') return undefined;
    const life = Math.ceil((authorization.expiresAt - this.#settings.clock.now()) / 1000);
    return sessionCookie(digest, key, Math.max(life, 0), this.#settings.secureCookies);
  }
}

/** 'close' follows every 'error' and says enough. */
function ignore(): void {}
