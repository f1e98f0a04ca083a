import type { ConsoleType, HypervisorPort, ServerEvent } from '@remote-consoles/core';
import type { Harness } from '../contract.js';

/** A server and one type of console. */
export interface ConsoleSample {
  readonly serverId: string;
  readonly type: ConsoleType;
}

/** A hypervisor under test and what it is known to have. */
export interface HypervisorHarness extends Harness {
  readonly port: HypervisorPort;
  /** Consoles that can be opened now; at least one. */
  readonly consoles: readonly [ConsoleSample, ...ConsoleSample[]];
  /** A running server whose guest lacks the device, while the hypervisor knows such consoles. */
  readonly withoutDevice?: ConsoleSample;
  /** A type that this hypervisor never has, of a running server. */
  readonly notImplemented?: ConsoleSample;
  /** The id of a server that is shut off. */
  readonly stopped?: string;
  /** Ends the console of the first of `consoles` (stops its server, …) and says what `watch` must report. */
  endFirstConsole?(): Promise<ServerEvent>;
  /** A server that has a console log, and a text that is in it. */
  readonly log?: { readonly serverId: string; readonly contains: string };
  /** Secrets of this deployment that no error and no printed connection may show. */
  readonly secrets?: readonly string[];
  /** Makes the hypervisor stop answering for the rest of the check. Absent for one that cannot fail. */
  makeUnavailable?(): void | Promise<void>;
  /** How long one call, or an event, may take, ms; default 10,000. */
  readonly deadline?: number;
}
