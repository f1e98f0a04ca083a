import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { type ClusterMessage, LocalCluster, type ServerEvent } from '@remote-consoles/core';
import { AdmissionDesk } from './handshake/admission.js';
import { RefusalExplainer } from './handshake/explain-refusal.js';
import { guarded } from './handshake/guess-limit.js';
import { OriginPolicy } from './handshake/origin-policy.js';
import { Reception } from './handshake/reception.js';
import { refusalOf } from './handshake/refusal.js';
import { SpiceDirectDownload } from './handshake/spice-direct.js';
import { WebSocketHandshake } from './handshake/websocket-handshake.js';
import { XvpvncHandshake } from './handshake/xvpvnc-handshake.js';
import { endByServer, GOING_AWAY, SessionEnded, TERMINATED } from './session/closings.js';
import { ConsoleRecords } from './session/console-records.js';
import type { SessionInfo, Traffic } from './session/session.js';
import { Sessions } from './session/sessions.js';
import { DEFAULT_LIMITS, DEFAULT_TIMEOUTS, type GatewayOptions } from './settings.js';

/** Plain numbers to be scraped. */
export interface GatewayCounters extends Readonly<Traffic> {
  /** Handshakes under way. */
  readonly openings: number;
  /** Sessions, those that are being opened included. */
  readonly sessions: number;
  /** Viewers' connections that were accepted and are not closed yet. */
  readonly sockets: number;
  readonly sessionsOpened: number;
  /** Requests that did not get a console, by HTTP status. */
  readonly refused: Readonly<Record<number, number>>;
  /** Sessions that a bug of ours ended. */
  readonly faults: number;
}

/** ms for viewers to answer our close frames when the gateway is closed. */
const CLOSE_TIMEOUT = 3000;

type PlainGet = (request: IncomingMessage, response: ServerResponse) => void;

/** The console gateway. It owns sockets from the HTTP server's events until they are closed. */
export class Gateway {
  readonly #sessions: Sessions;
  readonly #reception: Reception;
  readonly #webSocket: WebSocketHandshake;
  /** What a plain GET with a token is answered by, by its path. */
  readonly #gets: ReadonlyMap<string, PlainGet>;
  readonly #stopListening: () => void;

  constructor(options: GatewayOptions) {
    const { baseUrls, allowedOrigins = [], trustsProxy = () => false, clock } = options;
    const limits = { ...DEFAULT_LIMITS, ...options.limits };
    const timeouts = { ...DEFAULT_TIMEOUTS, ...options.timeouts };
    const origins = new OriginPolicy({ baseUrls, allowedOrigins });
    const desk = new AdmissionDesk(origins, trustsProxy);
    const secureCookies = baseUrls.length > 0 && baseUrls.every((url) => /^(https|wss):/i.test(url));
    const { cluster = new LocalCluster(), name = 'gateway' } = options;
    const redeem = guarded(options.redeem, options.failedTokens, new ConsoleRecords(options));
    this.#sessions = new Sessions({ ...options, redeem, cluster, name }, limits, timeouts);
    this.#reception = new Reception(this.#sessions, limits, options.logger, clock);
    this.#webSocket = new WebSocketHandshake(desk, this.#reception, {
      frameBytes: limits.frameBytes,
      secureCookies,
      clock,
    });
    const xvpvnc = new XvpvncHandshake(desk, this.#reception);
    const explainer = new RefusalExplainer(desk, this.#reception, redeem, timeouts.redeem);
    const spiceDirect = new SpiceDirectDownload(desk, this.#reception, redeem, timeouts.redeem);
    this.#gets = new Map<string, PlainGet>([
      ['/', (request, response) => void explainer.handle(request, response)],
      [
        options.spiceDirectPath ?? '/spice-direct',
        (request, response) => void spiceDirect.handle(request, response),
      ],
      [options.xvpvncPath ?? '/console', (request) => xvpvnc.handle(request)],
    ]);
    this.#stopListening = cluster.messages.receive((message) => this.#obey(message));
  }

  /** For the HTTP server's 'upgrade' event: the path does not matter, the token does. Never throws. */
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    try {
      this.#webSocket.handle(request, socket, head);
    } catch (error) {
      this.#reception.noteRefusal(refusalOf(error), error);
      socket.destroy();
    }
  }

  /**
   * For plain requests: takes a GET of `/?token=…`, which it answers with what a WebSocket handshake with that token
   * would have said (426 if it would have succeeded), of the xvpvnc path, which becomes a raw RFB stream, and of the
   * spice-direct path, which is a file for remote-viewer.
   *
   * @returns false if the request is not the gateway's
   */
  handleGet(request: IncomingMessage, response: ServerResponse): boolean {
    const { method, url = '' } = request;
    const question = url.indexOf('?');
    const handle = method === 'GET' && question >= 0 ? this.#gets.get(url.slice(0, question)) : undefined;
    if (!handle || !new URLSearchParams(url.slice(question)).has('token')) return false;
    handle(request, response);
    return true;
  }

  /** Ends the sessions of a server to which this happened; how many there were. */
  closeServer(serverId: string, kind: ServerEvent['kind']): number {
    let count = 0;
    for (const session of this.#sessions.registry) {
      if (session.authorization.serverId !== serverId) continue;
      this.#sessions.end(session, endByServer(kind));
      count++;
    }
    return count;
  }

  /** Ends one session; false if there is none of that id. */
  terminate(sessionId: string): boolean {
    const session = this.#sessions.registry.get(sessionId);
    if (session) this.#sessions.end(session, TERMINATED);
    return session !== undefined;
  }

  sessions(): SessionInfo[] {
    return Array.from(this.#sessions.registry, (session) => session.info());
  }

  counters(): GatewayCounters {
    const { openings, sockets, refused } = this.#reception;
    return {
      ...this.#sessions.traffic(),
      openings: openings.size,
      sessions: this.#sessions.registry.size,
      sockets: sockets.size,
      sessionsOpened: this.#sessions.opened,
      refused: { ...refused },
      faults: this.#sessions.faults,
    };
  }

  /**
   * Lets nobody in any more, waits for the sessions to end by themselves, then ends them. May be called again to wait
   * less long.
   *
   * @param drain ms to wait; default 0
   */
  async close(drain = 0): Promise<void> {
    this.#reception.draining = true;
    await this.#reception.empty(drain);
    for (const opening of this.#reception.openings) opening.giveUp(new SessionEnded(GOING_AWAY));
    for (const session of this.#sessions.registry) this.#sessions.end(session, GOING_AWAY);
    await this.#reception.empty(CLOSE_TIMEOUT);
    for (const socket of this.#reception.sockets) socket.destroy();
    this.#stopListening();
  }

  #obey(message: ClusterMessage): void {
    switch (message.kind) {
      case 'terminate-session':
        this.terminate(message.sessionId);
        return;
      case 'end-server':
        this.closeServer(message.serverId, message.event);
    }
  }
}

/** The gateway of one process. */
export function createGateway(options: GatewayOptions): Gateway {
  return new Gateway(options);
}
