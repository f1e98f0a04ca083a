import type { Consoles } from '../console/consoles.js';
import type { Contender, ContenderName } from '../contenders/contender.js';

/** A number that is wanted small. */
export interface Figure {
  readonly name: string;
  readonly unit: string;
  readonly goals: readonly Goal[];
}

/** What the shipped gateway's figure may be at most: so many times that of another contender, or a number. */
export type Goal = { readonly atMost: number; readonly times?: ContenderName };

/** One thing to do with each contender. */
export interface Measure {
  readonly figures: readonly Figure[];
  /** Contenders that it is done with; all where absent. */
  readonly only?: readonly ContenderName[];
  /** Whether it needs contenders that have served nobody yet. */
  readonly fresh?: boolean;
  /** Rounds that are enough, where what it finds hardly varies; all where absent. */
  readonly rounds?: number;
  /** @returns one number for each figure */
  run(contender: Contender, consoles: Consoles): Promise<readonly number[]>;
}

export const GIB = 1024 ** 3;
/** Numbers of µs, ms in a second. */
export const MICRO = 1e6;
export const MILLI = 1e3;
