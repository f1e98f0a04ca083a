import type { ConsoleConnection, ConsoleTransport } from '@remote-consoles/core';
import type { Upstream } from '../relay/upstream.js';
import type { DiagnosisTimeouts } from './endpoint-legs.js';
import type { OpenConnection } from './open-connection.js';

/** What the legs of one console share. */
export interface ConsoleWay {
  readonly connection: ConsoleConnection;
  readonly timeouts: DiagnosisTimeouts;
  /** The connection that one leg opens and the next ones use. */
  readonly open: OpenConnection;
  /** Opens the transport as the gateway does for a viewer. */
  readonly dial: (transport: ConsoleTransport, signal: AbortSignal) => Promise<Upstream>;
}
