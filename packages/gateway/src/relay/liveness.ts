import type { Relay } from './relay.js';

export interface LivenessRules {
  /** ms between pings */
  readonly ping: number;
  /** ms without a sign of the viewer after which it counts as lost */
  readonly lost: number;
  /** ms without a byte either way after which the session is idle; 0: never */
  readonly idle: number;
}

/**
 * Watches one relay by looking at its counters now and then: nothing of it runs when bytes flow.
 *
 * A viewer lives while it is heard of, or while it takes what waits for it: on a slow line our ping may be behind
 * megabytes. One that we ourselves do not read cannot be heard.
 */
export class Liveness {
  /** ms since the epoch; bytes either way */
  lastActivity: number;
  #lastSign: number;
  #lastPing: number;
  #relayed = 0;
  #bytesRead = 0;
  #flushes = 0;
  #pending = false;

  constructor(now: number) {
    this.lastActivity = now;
    this.#lastSign = now;
    this.#lastPing = now;
  }

  /** Call every second or so. Pings the viewer when it is time to. */
  check(relay: Relay, rules: LivenessRules, now: number): 'alive' | 'idle' | 'lost' {
    const { viewer } = relay;
    const relayed = relay.bytesUp + relay.bytesDown;
    if (relayed !== this.#relayed) this.lastActivity = now;
    if (this.#hasSign(relay)) this.#lastSign = now;
    this.#relayed = relayed;
    this.#bytesRead = viewer.bytesRead;
    this.#flushes = viewer.flushes;
    this.#pending = viewer.pending;

    if (now - this.#lastSign >= rules.lost) return 'lost';
    if (rules.idle > 0 && now - this.lastActivity >= rules.idle) return 'idle';
    if (now - this.#lastPing >= rules.ping) {
      this.#lastPing = now;
      viewer.ping();
    }
    return 'alive';
  }

  #hasSign({ viewer }: Relay): boolean {
    if (!viewer.answersPings || viewer.paused) return true;
    return viewer.bytesRead !== this.#bytesRead || (this.#pending && viewer.flushes !== this.#flushes);
  }
}
