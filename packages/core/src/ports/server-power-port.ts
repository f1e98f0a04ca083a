import type { Server } from '../server/server.js';

/** `shutdown` and `reboot` ask the guest, `stop` and `reset` do not. */
export type PowerAction = 'start' | 'shutdown' | 'stop' | 'reboot' | 'reset' | 'pause' | 'unpause';

/** Switches servers on and off. */
export interface ServerPowerPort {
  /**
   * Resolves when the hypervisor has taken the order.
   *
   * @throws ConsoleError `server-not-found`; `server-state-invalid` where the server is in no state for it;
   *   `hypervisor-unavailable`
   */
  changePower(server: Server, action: PowerAction): Promise<void>;
}
