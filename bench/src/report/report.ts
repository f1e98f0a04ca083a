import type { ContenderName } from '../contenders/contender.js';
import { medianOf, type Outcome, ratioOf, verdictsOf } from './outcome.js';

/** What a run showed, as rows of text cells. */
export function tableOf(outcomes: readonly Outcome[], names: readonly ContenderName[]): string[][] {
  const peers = names.filter((name) => name !== 'remote-consoles');
  const head = ['', 'unit', ...names, ...peers.map((name) => `× ${name}`), 'goals'];
  const rows = outcomes.map((outcome) => [
    outcome.figure.name,
    outcome.figure.unit,
    ...names.map((name) => short(medianOf(outcome, name))),
    ...peers.map((name) => short(ratioOf(outcome, name))),
    verdictsOf(outcome)
      .map(
        ({ goal, met }) =>
          `${met ? 'met' : 'MISSED'} ≤ ${short(goal.atMost)}${goal.times ? ` × ${goal.times}` : ''}`,
      )
      .join(', '),
  ]);
  return [head, ...rows];
}

export function asText(table: readonly string[][]): string {
  const widths = widthsOf(table);
  const line = (row: readonly string[]) =>
    row
      .map((cell, at) => (isLeft(row, at) ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0)))
      .join('  ');
  return `${table.map(line).join('\n')}\n`;
}

export function asMarkdown(table: readonly string[][]): string {
  const [head = [], ...rows] = table;
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |\n`;
  return (
    line(head) + line(head.map((_, at) => (isLeft(head, at) ? '---' : '---:'))) + rows.map(line).join('')
  );
}

export function asJson(outcomes: readonly Outcome[], facts: Readonly<Record<string, unknown>>): string {
  const figures = outcomes.map((outcome) => ({
    name: outcome.figure.name,
    unit: outcome.figure.unit,
    rounds: outcome.rounds.map((round) => Object.fromEntries(round)),
    goals: verdictsOf(outcome),
  }));
  return `${JSON.stringify({ ...facts, figures }, undefined, 2)}\n`;
}

function isLeft(row: readonly string[], at: number): boolean {
  return at < 2 || at === row.length - 1;
}

function widthsOf(table: readonly string[][]): number[] {
  return (table[0] ?? []).map((_, at) => Math.max(...table.map((row) => row[at]?.length ?? 0)));
}

function short(value: number | undefined): string {
  return value === undefined || Number.isNaN(value) ? '' : String(Number(value.toPrecision(3)));
}
