import type { Server } from '../server/server.js';

/** Presses keys of a server's keyboard, past its console: for guests that do not get them through it. */
export interface SendKeysPort {
  /**
   * Presses the keys together and lets them go.
   *
   * @param keys Linux input codes (`KEY_*`): Ctrl, Alt and Delete are 29, 56 and 111; at most 16
   * @throws ConsoleError `server-not-found`, `server-not-ready`, `server-state-invalid`, `hypervisor-unavailable`
   */
  sendKeys(server: Server, keys: readonly number[]): Promise<void>;
}
