import type { ContenderName } from '../contenders/contender.js';
import type { Figure, Goal } from '../measures/measure.js';
import { median } from './median.js';

/** All rounds of one figure. */
export interface Outcome {
  readonly figure: Figure;
  readonly rounds: readonly ReadonlyMap<ContenderName, number>[];
}

export interface Verdict {
  readonly goal: Goal;
  readonly value: number;
  readonly met: boolean;
}

export function medianOf({ rounds }: Outcome, name: ContenderName): number | undefined {
  const values = rounds.flatMap((round) => round.get(name) ?? []);
  return values.length > 0 ? median(values) : undefined;
}

/** The median of the rounds' own ratios: both of a pair met the same noise. */
export function ratioOf({ rounds }: Outcome, to: ContenderName): number | undefined {
  const ratios = rounds.flatMap((round) => {
    const [ours, theirs] = [round.get('remote-consoles'), round.get(to)];
    return ours !== undefined && theirs !== undefined ? [ours / theirs] : [];
  });
  return ratios.length > 0 ? median(ratios) : undefined;
}

/** How the shipped gateway stands to each goal; goals against a peer that was not there are left out. */
export function verdictsOf(outcome: Outcome): Verdict[] {
  return outcome.figure.goals.flatMap((goal) => {
    const value = goal.times ? ratioOf(outcome, goal.times) : medianOf(outcome, 'remote-consoles');
    return value === undefined ? [] : [{ goal, value, met: value <= goal.atMost }];
  });
}
