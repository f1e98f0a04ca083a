import type { ConsoleConnection, TlsSettings } from '../connection/console-connection.js';
import type { ConsoleType } from '../console/console-type.js';

/** How one leg went. The texts are for an operator: one line each, without secrets. */
export type LegResult =
  | {
      readonly outcome: 'ok';
      readonly detail: string;
      /** Where this leg found the console. What lies behind it is diagnosed next, without the adapter. */
      readonly connection?: ConsoleConnection;
    }
  /** There was nothing to try. The chain goes on. */
  | { readonly outcome: 'skipped'; readonly detail: string }
  /** The server is not in this place. Ends the chain; a failure only where no other place has the server. */
  | { readonly outcome: 'absent'; readonly detail: string }
  /** Ends the chain. The advice says what to do, for this cause and no other. */
  | { readonly outcome: 'failed'; readonly detail: string; readonly advice: string };

/** One step of a way, such as a login. */
export interface DiagnosisLeg {
  /** What is tried, in a few words, such as `WinRM login`. */
  readonly name: string;
  /**
   * Called once, after the leg before it went well. Whoever calls measures the time and gives up after a while. What it
   * throws is a failed leg too: a `ConsoleError` is explained by its code.
   */
  run(): Promise<LegResult>;
}

/** A TCP port that the chain needs: name, connection and certificate are tried first, before any login. */
export interface DiagnosisEndpoint {
  /** A name or an address without brackets. */
  readonly host: string;
  readonly port: number;
  readonly tls?: TlsSettings;
}

/** Legs that build on each other: after the first that fails, none is reached. */
export interface DiagnosisChain {
  /** Where it leads, such as `host kvm1`. */
  readonly place: string;
  readonly endpoint?: DiagnosisEndpoint;
  readonly legs: readonly DiagnosisLeg[];
  /** Called once when the chain is over, however far it came: closes what its legs opened. */
  end?(): Promise<void>;
}

/** Walks the way to a console step by step, so that an operator learns where it ends and what to do. */
export interface DiagnosisPort {
  /** A chain for each host of the hypervisor: whether it can be reached and used. */
  diagnoseHosts(): readonly DiagnosisChain[];
  /**
   * A chain for each place where the server may be. The last leg of the one that has it gives the connection.
   *
   * @param types which consoles would do, the best first
   */
  diagnoseServer(id: string, types: readonly ConsoleType[]): readonly DiagnosisChain[];
}
