import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { type Clock, ConsoleError, type ConsoleType, type Logger } from '@remote-consoles/core';
import type { ViewerChannel } from '../relay/viewer-channel.js';
import type { ConsoleRecords } from '../session/console-records.js';
import type { ReadyConsole, Sessions } from '../session/sessions.js';
import type { GatewayLimits } from '../settings.js';
import type { ConsoleRequest } from './admission.js';
import type { Greet } from './greeting.js';
import { Opening, ViewerLeft } from './opening.js';
import { RecentRefusals } from './recent-refusals.js';
import { BUSY, DRAINING, type Refusal, refusalOf } from './refusal.js';
import { WaitingViewer } from './waiting-viewer.js';

/** How one kind of viewer is answered. */
export interface Answer {
  /** The console types that this kind of viewer can be given. */
  readonly serves: (type: ConsoleType) => boolean;
  /** Says yes on the connection, and makes the channel that the console is shown through. */
  readonly accept: (ready: ReadyConsole) => ViewerChannel;
  /** Says no on the connection, and closes it. */
  readonly refuse: (refusal: Refusal) => void;
}

/** Takes connections from admission to the start of their relay, and counts them. */
export class Reception {
  draining = false;
  /** Handshakes under way. */
  readonly openings = new Set<Opening>();
  /** Requests that did not get a console, by HTTP status. */
  readonly refused: Record<number, number> = {};
  /** Viewers' connections that were accepted and are not closed yet. */
  readonly sockets = new Set<Duplex>();
  readonly records: ConsoleRecords;
  readonly recentRefusals: RecentRefusals;
  readonly #sessions: Sessions;
  readonly #limits: GatewayLimits;
  readonly #logger: Logger;
  #onEmpty: (() => void)[] = [];

  constructor(sessions: Sessions, limits: GatewayLimits, logger: Logger, clock: Clock) {
    this.recentRefusals = new RecentRefusals(() => clock.now());
    this.records = sessions.records;
    this.#sessions = sessions;
    this.#limits = limits;
    this.#logger = logger;
  }

  /** Why nobody is let in right now. */
  get closed(): Refusal | undefined {
    if (this.draining) return DRAINING;
    return this.openings.size >= this.#limits.openings || this.#sessions.registry.full ? BUSY : undefined;
  }

  /** Refuses someone before their token is used. */
  turnAway(refusal: Refusal, clientAddress: string | undefined): void {
    this.noteRefusal(refusal);
    this.records.refused(refusal, clientAddress);
  }

  /** Counts a refusal. */
  noteRefusal(refusal: Refusal, error?: unknown): void {
    const { status, code } = refusal;
    this.refused[status] = (this.refused[status] ?? 0) + 1;
    if (status === 500) this.#logger.error({ err: error, status, code }, 'fault while a console was opened');
    else if (status > 500) this.#logger.warn({ err: error, status, code }, 'a console could not be opened');
    else this.#logger.debug({ status, code }, 'a viewer was refused');
  }

  /**
   * Opens the console and serves it. Never rejects.
   *
   * @param head bytes that came with the request
   */
  async receive(socket: Duplex, head: Buffer, request: ConsoleRequest, answer: Answer): Promise<void> {
    const opening = new Opening();
    const waiting = new WaitingViewer(socket, head, () => opening.giveUp(new ViewerLeft('viewer-left')));
    this.openings.add(opening);
    let ready: ReadyConsole | undefined;
    try {
      ready = await this.#sessions.open(request, answer.serves, opening);
      waiting.release();
      this.recentRefusals.forget(request.token);
      await this.#serve(socket, ready, answer);
    } catch (error) {
      if (ready) this.#fail(socket, ready, error);
      else {
        this.recentRefusals.keep(request.token, error);
        this.#refuse(waiting, answer, error);
      }
    } finally {
      this.openings.delete(opening);
    }
  }

  /** Resolves when no viewer is connected any more, or after that many ms. */
  empty(ms: number): Promise<void> {
    if (this.sockets.size === 0 || ms === 0) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#onEmpty.push(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  #refuse(waiting: WaitingViewer, answer: Answer, error: unknown): void {
    waiting.release();
    const refusal = refusalOf(error);
    this.noteRefusal(refusal, error);
    answer.refuse(refusal);
  }

  /** A bug of ours after the viewer was accepted. */
  #fail(socket: Duplex, ready: ReadyConsole, error: unknown): void {
    socket.destroy();
    this.#sessions.abandon(ready, error);
    this.#sessions.noteFault(ready.session, error);
  }

  async #serve(socket: Duplex, ready: ReadyConsole, answer: Answer): Promise<void> {
    if (socket instanceof Socket) socket.setNoDelay(true).setTimeout(0);
    this.sockets.add(socket);
    socket.once('close', () => this.#leave(socket));
    const viewer = answer.accept(ready);
    if (ready.greet) await this.#greet(ready, viewer, ready.greet);
    else this.#sessions.run(ready, viewer);
  }

  async #greet(ready: ReadyConsole, viewer: ViewerChannel, greet: Greet): Promise<void> {
    try {
      const { upstream, early } = await greet(viewer);
      viewer.resume();
      this.#sessions.run({ ...ready, upstream }, viewer, early);
    } catch (error) {
      this.#sessions.abandon(ready, error);
      if (error instanceof ConsoleError) {
        this.noteRefusal(refusalOf(error), error);
        await ready.giveBackToken();
      } else if (!(error instanceof ViewerLeft)) {
        this.#sessions.noteFault(ready.session, error);
      }
    }
  }

  #leave(socket: Duplex): void {
    this.sockets.delete(socket);
    if (this.sockets.size > 0) return;
    const waiting = this.#onEmpty;
    this.#onEmpty = [];
    for (const wake of waiting) wake();
  }
}
