import type { HypervisorTransport } from '../connection/console-connection.js';

/**
 * Opens the byte stream of a connection whose transport is `hypervisor`. Core does not know streams: on Node the
 * stream is a `Duplex`.
 */
export interface ConsoleStreamPort<Stream = unknown> {
  /**
   * @param transport as the same adapter wrote it in `openConsole`
   * @throws ConsoleError `console-unreachable`, `hypervisor-unavailable`, `server-not-found`
   */
  openStream(transport: HypervisorTransport): Promise<Stream>;
}
