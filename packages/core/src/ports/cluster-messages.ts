import type { ServerEvent } from './hypervisor-port.js';

/** What one process asks of all that hold sessions. */
export type ClusterMessage =
  /** End this session, wherever it is. */
  | { readonly kind: 'terminate-session'; readonly sessionId: string }
  /** End all sessions of this server: this happened to it. */
  | { readonly kind: 'end-server'; readonly serverId: string; readonly event: ServerEvent['kind'] };

/** Carries messages between the processes that share a token store. */
export interface ClusterMessages {
  /**
   * Gives the message to this process's own listeners at once, and to those of every other process within 1 s. A
   * process that cannot be reached for a while gets it, in order, when it can be again: at least once while it runs.
   *
   * @throws ConsoleError `token-store-unavailable` where only this process was told
   */
  send(message: ClusterMessage): Promise<void>;
  /** Calls the listener for each message from now on, until the returned function is called. It must not throw. */
  receive(listener: (message: ClusterMessage) => void): () => void;
}
