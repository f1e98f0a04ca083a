/** A Nova API microversion such as 2.6. */
export interface Microversion {
  readonly major: number;
  readonly minor: number;
}

/** Parses `MAJOR.MINOR` without leading zeros (Nova's own pattern); undefined where the text is not one. */
export function parseMicroversion(text: string): Microversion | undefined {
  const match = /^([1-9]\d{0,8})\.([1-9]\d{0,8}|0)$/.exec(text);
  return match ? { major: Number(match[1]), minor: Number(match[2]) } : undefined;
}

/** Negative, zero or positive as `a` is older than, equal to or newer than `b`. */
export function compareMicroversions(a: Microversion, b: Microversion): number {
  return a.major - b.major || a.minor - b.minor;
}

/** Whether `version` lies in the closed range. */
export function microversionWithin(version: Microversion, min: Microversion, max: Microversion): boolean {
  return compareMicroversions(version, min) >= 0 && compareMicroversions(version, max) <= 0;
}

/** The microversion as Nova writes it: `2.6`. */
export function formatMicroversion(version: Microversion): string {
  return `${version.major}.${version.minor}`;
}
