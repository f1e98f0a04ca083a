import {
  type ClusterPort,
  type ConsoleTransport,
  type ConsoleType,
  type RedeemedConsole,
  type SessionDirectory,
  type SessionLimits,
  tokenInvalid,
} from '@remote-consoles/core';
import type { ConsoleRequest } from '../handshake/admission.js';
import type { Opening } from '../handshake/opening.js';
import { RefusedLogins } from '../rdp/refused-logins.js';
import { FairShare } from '../relay/fair-share.js';
import { Liveness } from '../relay/liveness.js';
import { type Closing, Relay, type RelayEnd } from '../relay/relay.js';
import type { ViewerChannel } from '../relay/viewer-channel.js';
import type { GatewayLimits, GatewayOptions, GatewayTimeouts } from '../settings.js';
import { IDLE, LOST, SessionEnded, TIME_LIMIT, wordOf } from './closings.js';
import { type OpenDependencies, type OpenedConsole, openConsole } from './console-opener.js';
import { ConsoleRecords } from './console-records.js';
import { addTraffic, noTraffic, type OpenRelay, Session, type Traffic } from './session.js';
import { SessionRegistry } from './session-registry.js';

/** A session's socket whose console is open and whose viewer is not served yet. */
export interface ReadyConsole extends OpenedConsole {
  readonly session: Session;
  readonly opening: Opening;
  readonly transport: ConsoleTransport['kind'];
  /** ms until the console had been dialled and had let us in */
  readonly dialTime: number;
  /** Makes the token as good as before. */
  readonly giveBackToken: () => Promise<void>;
}

/** The gateway's options with what stands in where they name no cluster. */
type SessionOptions = GatewayOptions &
  Required<Pick<GatewayOptions, 'name'>> & { readonly cluster: ClusterPort };

/** Opens sessions, watches them and ends them. */
export class Sessions {
  readonly registry: SessionRegistry;
  opened = 0;
  faults = 0;
  /** Of sessions that have ended. */
  readonly past: Traffic = noTraffic();
  readonly records: ConsoleRecords;
  readonly #options: SessionOptions;
  readonly #directory: SessionDirectory;
  readonly #limits: SessionLimits;
  readonly #timeouts: GatewayTimeouts;
  readonly #dialing: OpenDependencies;
  #sweep: NodeJS.Timeout | undefined;

  constructor(options: SessionOptions, limits: GatewayLimits, timeouts: GatewayTimeouts) {
    this.registry = new SessionRegistry(limits);
    this.records = new ConsoleRecords(options);
    this.#options = options;
    this.#directory = options.cluster.sessions;
    this.#limits = {
      token: limits.sessionsPerToken,
      server: limits.sessionsPerServer,
      user: limits.sessionsPerUser,
      project: limits.sessionsPerProject,
    };
    this.#timeouts = timeouts;
    this.#dialing = {
      share: new FairShare(),
      streams: options.streams,
      rdp: {
        widenBitmaps: options.widenRdpBitmaps ?? false,
        refusedLogins: new RefusedLogins(() => options.clock.now()),
      },
    };
  }

  /**
   * Redeems the token, joins or begins its session, and opens the console.
   *
   * @param isServed which types this kind of viewer can be given
   * @throws ConsoleError, with the token as good as before
   */
  async open(
    request: ConsoleRequest,
    isServed: (type: ConsoleType) => boolean,
    opening: Opening,
  ): Promise<ReadyConsole> {
    const redeemed = await opening.step(
      'looking up the console',
      this.#timeouts.redeem,
      () => this.#redeem(request),
      (late) => void this.#release(late),
    );
    let session: Session | undefined;
    try {
      if (!isServed(redeemed.authorization.type)) throw tokenInvalid();
      session = this.#sessionOf(redeemed, request);
      session.openings.add(opening);
      await this.#enter(session, opening);
      const started = performance.now();
      const console = await openConsole(redeemed.connection, this.#dialing, this.#timeouts, opening);
      if (opening.signal.aborted) console.upstream.destroy();
      opening.signal.throwIfAborted();
      const dialTime = Math.round(performance.now() - started);
      return {
        ...console,
        session,
        opening,
        dialTime,
        transport: redeemed.connection.transport.kind,
        giveBackToken: () => this.#release(redeemed),
      };
    } catch (error) {
      if (session) this.#forget(session, opening, error);
      else this.records.notOpened(redeemed.authorization, request, error);
      await this.#release(redeemed);
      throw error;
    }
  }

  /** Starts the relay of a console that is open and a viewer that is ready. */
  run(ready: ReadyConsole, viewer: ViewerChannel, early?: Buffer): void {
    const { session, opening, upstream, security, transport, dialTime } = ready;
    const relay = new Relay(viewer, upstream, this.#dialing.share, {
      awaitReason: (end) => void setTimeout(end, this.#timeouts.endReason).unref(),
      ended: (end) => this.#ended(session, open, end),
    });
    const open: OpenRelay = { relay, liveness: new Liveness(this.#options.clock.now()) };
    session.openings.delete(opening);
    session.relays.add(open);
    if (session.security === undefined) {
      session.security = security;
      this.opened++;
      this.records.opened(session.authorization, session, { security, transport, dialTime });
    }
    this.#sweep ??= setInterval(() => this.#look(), this.#timeouts.sweep).unref();
    try {
      relay.start(early);
    } catch (error) {
      relay.fault(error);
    }
  }

  /** A console that is open and will not be served after all. */
  abandon({ session, opening, upstream }: ReadyConsole, error: unknown): void {
    upstream.destroy();
    this.#forget(session, opening, error);
  }

  /** Ends all sockets of a session. */
  end(session: Session, closing: Closing): void {
    for (const opening of session.openings) opening.giveUp(new SessionEnded(closing));
    for (const { relay } of session.relays) relay.close(closing);
  }

  /** A bug of ours ended a socket of this session. */
  noteFault({ id }: Session, error: unknown): void {
    this.faults++;
    this.#options.logger.error({ err: error, session: id }, 'fault in a session');
  }

  traffic(): Traffic {
    const total = { ...this.past };
    for (const session of this.registry) addTraffic(total, session.traffic());
    return total;
  }

  #redeem({ token, sessionKey, clientAddress }: ConsoleRequest): Promise<RedeemedConsole> {
    return this.#options.redeem.execute({
      token,
      ...(sessionKey !== undefined && { sessionKey }),
      ...(clientAddress !== undefined && { clientAddress }),
    });
  }

  async #release(redeemed: RedeemedConsole): Promise<void> {
    try {
      await redeemed.release();
    } catch (error) {
      this.#options.logger.warn(
        { err: error },
        'cannot give back the console token of a console that did not open',
      );
    }
  }

  #sessionOf(redeemed: RedeemedConsole, { clientAddress }: ConsoleRequest): Session {
    const { sessionKey: key, digest, authorization } = redeemed;
    const joined = this.registry.join(key, digest);
    if (joined) return joined;
    const openedAt = this.#options.clock.now();
    const ends = [
      this.#timeouts.session > 0 ? openedAt + this.#timeouts.session : Number.POSITIVE_INFINITY,
      this.#options.endWithToken ? authorization.expiresAt : Number.POSITIVE_INFINITY,
    ];
    const id = this.#options.random.uuid();
    const session = new Session({
      id,
      gateway: this.#options.name,
      key,
      digest,
      authorization,
      clientAddress,
      openedAt,
      endsAt: Math.min(...ends),
    });
    this.registry.add(session);
    return session;
  }

  #enter(session: Session, opening: Opening): Promise<void> {
    const enter = () => {
      session.entry ??= this.#directory.open(session, this.#limits);
      return session.entry;
    };
    return opening.step('counting the open consoles', this.#timeouts.redeem, enter, () => {});
  }

  #forget(session: Session, opening: Opening, error: unknown): void {
    if (!session.openings.delete(opening)) return;
    if (session.security === undefined) {
      this.records.notOpened(session.authorization, session, error);
    }
    this.#removeIfOver(session, error instanceof SessionEnded ? error.closing.word : 'not-opened');
  }

  #ended(session: Session, open: OpenRelay, end: RelayEnd): void {
    if (!session.relays.delete(open)) return;
    addTraffic(session.past, open.relay);
    if (end.by === 'fault') this.noteFault(session, end.error);
    this.#removeIfOver(session, wordOf(end));
  }

  #removeIfOver(session: Session, reason: string): void {
    if (session.sockets > 0 || !this.registry.remove(session)) return;
    void this.#directory.close(session);
    addTraffic(this.past, session.past);
    if (this.registry.size === 0) {
      clearInterval(this.#sweep);
      this.#sweep = undefined;
    }
    if (session.security !== undefined) this.records.closed(session, reason);
  }

  /** One timer for all sessions; it holds no process open. */
  #look(): void {
    const now = this.#options.clock.now();
    for (const session of this.registry) {
      if (now >= session.endsAt) this.end(session, TIME_LIMIT);
      for (const { relay, liveness } of session.relays) {
        try {
          const state = liveness.check(relay, this.#timeouts, now);
          if (state === 'idle') relay.close(IDLE);
          if (state === 'lost') relay.close(LOST);
        } catch (error) {
          relay.fault(error);
        }
      }
    }
  }
}
