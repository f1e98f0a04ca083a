import type { Upstream } from '../relay/upstream.js';
import type { ViewerChannel } from '../relay/viewer-channel.js';

/** What a relay begins with. */
export interface Greeted {
  /** Another one than was dialled where TLS was started. */
  readonly upstream: Upstream;
  /** Bytes of the viewer that are the console's already. */
  readonly early: Buffer;
}

/**
 * What viewers of some consoles go through, once their connection is accepted, before their bytes are the console's.
 * Resolves with the viewer paused, so that nothing is lost until the next one attaches. Rejects with the viewer told and
 * closed, and the console closed.
 */
export type Greet = (viewer: ViewerChannel) => Promise<Greeted>;
