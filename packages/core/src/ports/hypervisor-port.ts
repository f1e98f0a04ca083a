import type { ConsoleConnection } from '../connection/console-connection.js';
import type { ConsoleType } from '../console/console-type.js';
import type { Server } from '../server/server.js';
import type { ConsoleOutputPort } from './console-output-port.js';
import type { ConsoleStreamPort } from './console-stream-port.js';
import type { DiagnosisPort } from './diagnosis-port.js';
import type { ScreenshotPort } from './screenshot-port.js';
import type { SendKeysPort } from './send-keys-port.js';
import type { ServerPowerPort } from './server-power-port.js';

/** Something that ended the consoles of a server. */
export interface ServerEvent {
  readonly serverId: string;
  readonly kind: 'stopped' | 'crashed' | 'deleted' | 'migrated' | 'suspended' | 'shelved' | 'rebuilt';
}

/**
 * One hypervisor or one cluster of them: its servers and where their consoles are. It speaks of servers and consoles,
 * never of domains or VMs. Every method ends in bounded time and throws ConsoleError `hypervisor-unavailable` where
 * the hypervisor does not answer.
 */
export interface HypervisorPort {
  /** The name in the configuration. */
  readonly name: string;
  findServer(id: string): Promise<Server | undefined>;
  listServers(): Promise<readonly Server[]>;
  /**
   * Where the console is now. Asked again each time a token is redeemed, so a moved port or a one-use ticket is fresh.
   *
   * @throws ConsoleError `server-not-found`, `server-state-invalid`; `console-not-implemented` where this hypervisor
   *   has no such console at all; `console-type-unavailable` where this guest has no such device
   */
  openConsole(server: Server, type: ConsoleType): Promise<ConsoleConnection>;
  /** Calls the listener for each event until the returned function is called. */
  watch(listener: (event: ServerEvent) => void): () => void;
  /** Resolves when the hypervisor answers. */
  check(): Promise<void>;
  /** Ends connections and everything that was started. The port is not used afterwards. */
  close(): Promise<void>;
  /** Present where the adapter opens streams itself (transport `hypervisor`). */
  readonly streams?: ConsoleStreamPort;
  /** Present where servers have a console log. */
  readonly output?: ConsoleOutputPort;
  /** Present where pictures can be taken of screens. */
  readonly screenshots?: ScreenshotPort;
  /** Present where keys can be pressed past the console. */
  readonly keys?: SendKeysPort;
  /** Present where servers can be switched on and off. */
  readonly power?: ServerPowerPort;
  /** Present where more can be said about a way that ends than the methods above throw. */
  readonly diagnosis?: DiagnosisPort;
}
