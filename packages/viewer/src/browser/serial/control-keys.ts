/** What a button sends, and what for. */
export interface ControlKey {
  readonly label: string;
  readonly title: string;
  readonly bytes: string;
}

/** The control characters that a browser keeps for itself, or that a touch keyboard does not have. */
export const CONTROL_KEYS: readonly ControlKey[] = [
  { label: 'Ctrl C', title: 'Interrupt', bytes: '\x03' },
  { label: 'Ctrl D', title: 'End of input', bytes: '\x04' },
  { label: 'Ctrl Z', title: 'Suspend', bytes: '\x1a' },
  { label: 'Ctrl W', title: 'Delete a word', bytes: '\x17' },
  { label: 'Ctrl T', title: 'Status, swap characters', bytes: '\x14' },
  { label: 'Ctrl N', title: 'Next', bytes: '\x0e' },
  { label: 'Ctrl R', title: 'Search backwards', bytes: '\x12' },
  { label: 'Ctrl L', title: 'Draw again', bytes: '\x0c' },
  { label: 'Ctrl \\', title: 'Quit', bytes: '\x1c' },
  { label: 'Ctrl ]', title: 'Escape of telnet and others', bytes: '\x1d' },
  { label: 'Esc', title: 'Escape', bytes: '\x1b' },
  { label: 'Tab', title: 'Tab', bytes: '\t' },
  { label: '↑', title: 'Up', bytes: '\x1b[A' },
  { label: '↓', title: 'Down', bytes: '\x1b[B' },
  { label: '←', title: 'Left', bytes: '\x1b[D' },
  { label: '→', title: 'Right', bytes: '\x1b[C' },
];

/** What tells a Unix shell how large its terminal is; a serial line cannot. The space keeps it out of most histories. */
export function sizeCommand(rows: number, columns: number): string {
  return ` stty rows ${rows} cols ${columns}\r`;
}
