import type { LegReport } from './leg-report.js';

const WORDS: Readonly<Record<LegReport['outcome'], string>> = {
  ok: 'ok',
  failed: 'FAILED',
  absent: 'absent',
  skipped: '-',
  'not reached': '-',
};
const OUTCOME_WIDTH = 6;
const NAME_WIDTH = 20;
const MS_WIDTH = 8;
/** What to do stands below the leg's name. */
const INDENT = 2 + OUTCOME_WIDTH + 2;

/** Legs as lines for a terminal, under the place where they belong. */
export class TextReport {
  readonly #write: (text: string) => void;
  readonly #columns: number;
  #place: string | undefined;

  /** @param columns of the terminal; advice is broken to fit */
  constructor(write: (text: string) => void, columns = 100) {
    this.#write = write;
    this.#columns = Math.max(columns, INDENT + 40);
  }

  add(report: LegReport): void {
    if (report.place !== this.#place) {
      this.#write(`${this.#place === undefined ? '' : '\n'}${report.place}\n`);
      this.#place = report.place;
    }
    const { outcome, leg, ms, detail = outcome === 'not reached' ? 'not reached' : '', advice } = report;
    const time = ms === undefined ? '' : `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms`;
    const start = `  ${WORDS[outcome].padEnd(OUTCOME_WIDTH)}  ${leg.padEnd(NAME_WIDTH)}`;
    this.#write(`${start} ${time.padStart(MS_WIDTH)}  ${detail}`.trimEnd().concat('\n'));
    if (advice === undefined) return;
    for (const line of broken(advice, this.#columns - INDENT)) this.#write(`${' '.repeat(INDENT)}${line}\n`);
  }

  end(well: boolean): void {
    this.#write(
      `\n${well ? 'All is well.' : 'Not all is well: see what FAILED above, and what to do below it.'}\n`,
    );
  }
}

function broken(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = '';
    }
    line += line === '' ? word : ` ${word}`;
  }
  return [...lines, line];
}
