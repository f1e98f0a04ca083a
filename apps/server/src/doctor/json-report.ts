import type { LegReport } from './leg-report.js';

/** Legs as JSON, one a line; the last line says whether all is well. */
export class JsonReport {
  readonly #write: (text: string) => void;

  constructor(write: (text: string) => void) {
    this.#write = write;
  }

  add({ ms, ...report }: LegReport): void {
    const rounded = ms === undefined ? {} : { ms: Math.round(ms * 10) / 10 };
    this.#write(`${JSON.stringify({ ...report, ...rounded })}\n`);
  }

  end(well: boolean): void {
    this.#write(`${JSON.stringify({ well })}\n`);
  }
}
