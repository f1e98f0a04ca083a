import type { LegResult } from '@remote-consoles/core';

/** What became of one leg, for people and for programs. */
export interface LegReport {
  /** Where the leg belongs, such as `hypervisor kvm1, host a`. */
  readonly place: string;
  readonly leg: string;
  readonly outcome: LegResult['outcome'] | 'not reached';
  /** How long it took; absent where nothing was tried. */
  readonly ms?: number;
  readonly detail?: string;
  /** What to do, where it failed. */
  readonly advice?: string;
}

/** Takes reports as they come. */
export type Report = (report: LegReport) => void;
