import type { Server } from '../server/server.js';

/** The text that a server's serial console has printed. */
export interface ConsoleOutputPort {
  /**
   * @returns the whole log that is kept (bounded by the adapter), oldest first
   * @throws ConsoleError `console-output-unavailable` where this guest keeps no log; `console-not-implemented`
   */
  readOutput(server: Server): Promise<string>;
}
