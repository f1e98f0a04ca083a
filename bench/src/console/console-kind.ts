/** What the console behind a proxy does; each sends one byte first, by which its viewer knows that it is there. */
export type ConsoleKind =
  /** Says nothing more. */
  | 'quiet'
  /** Sends without end. */
  | 'source'
  /** Takes everything and counts it. */
  | 'sink'
  /** Sends back what it gets. */
  | 'echo';

export const CONSOLE_KINDS: readonly ConsoleKind[] = ['quiet', 'source', 'sink', 'echo'];

export const consolePort = (kind: ConsoleKind): number => 18_900 + CONSOLE_KINDS.indexOf(kind);
