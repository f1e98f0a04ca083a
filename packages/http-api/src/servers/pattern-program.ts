import type { PatternNode } from './pattern-parser.js';

/** A step of a pattern's program. Each but the last two goes on at the next one. */
export type Instruction =
  | { readonly kind: 'char'; readonly test: (char: string) => boolean }
  | { readonly kind: 'start' | 'end' }
  /** Goes on at every one of these places. */
  | { readonly kind: 'fork'; readonly to: readonly number[] }
  | { readonly kind: 'match' };

const MAX_PROGRAM = 1000;

/** @returns undefined where repetitions make the program too large */
export function compilePattern(node: PatternNode): readonly Instruction[] | undefined {
  const program: Instruction[] = [];
  emit(node, program);
  program.push({ kind: 'match' });
  return program.length <= MAX_PROGRAM ? program : undefined;
}

function emit(node: PatternNode, program: Instruction[]): void {
  if (program.length > MAX_PROGRAM) return;
  switch (node.kind) {
    case 'sequence':
      for (const part of node.parts) emit(part, program);
      return;
    case 'choice':
      emitChoice(node.parts, program);
      return;
    case 'repeat':
      emitRepeat(node, program);
      return;
    default:
      program.push(node);
  }
}

function emitChoice(parts: readonly PatternNode[], program: Instruction[]): void {
  const fork = reserve(program);
  const starts: number[] = [];
  const exits: number[] = [];
  for (const part of parts) {
    starts.push(program.length);
    emit(part, program);
    exits.push(reserve(program));
  }
  program[fork] = { kind: 'fork', to: starts };
  for (const exit of exits) program[exit] = { kind: 'fork', to: [program.length] };
}

function emitRepeat(
  { part, min, max }: Extract<PatternNode, { kind: 'repeat' }>,
  program: Instruction[],
): void {
  for (let count = 0; count < min; count++) emit(part, program);
  const endless = max === Number.POSITIVE_INFINITY;
  const forks: number[] = [];
  for (let count = min; count < (endless ? min + 1 : max); count++) {
    forks.push(reserve(program));
    emit(part, program);
  }
  const [loop] = forks;
  if (endless && loop !== undefined) program.push({ kind: 'fork', to: [loop] });
  for (const fork of forks) program[fork] = { kind: 'fork', to: [fork + 1, program.length] };
}

/** Makes room for a fork whose targets are not known yet. */
function reserve(program: Instruction[]): number {
  return program.push({ kind: 'fork', to: [] }) - 1;
}
