import { parsePattern } from './pattern-parser.js';
import { compilePattern, type Instruction } from './pattern-program.js';

/** How many states all matches of one filter may visit; some 30 ms. A plain filter needs a few hundred for a name. */
const STEP_BUDGET = 5_000_000;

/**
 * The name filter of server lists, which Nova hands to its database as a regular expression. A plain text needs no
 * more than a search. A pattern runs as a set of states, so its time grows with pattern × name and never explodes.
 *
 * A name that contains the filter literally matches too: clients that look for `web(1)` do not escape it, and they
 * look for the exact name among the answers.
 */
export class NamePattern {
  readonly #text: string;
  readonly #program: readonly Instruction[] | undefined;
  readonly #seen: Uint32Array;
  #generation = 0;
  #steps = 0;

  /** @param text the filter as the client sent it; what is no pattern, or too large a one, is only taken literally */
  constructor(text: string) {
    this.#text = text;
    const node = /[\\^$.*+?()[{|]/.test(text) ? parsePattern(text) : undefined;
    this.#program = node && compilePattern(node);
    this.#seen = new Uint32Array(this.#program?.length ?? 0);
  }

  matches(name: string): boolean {
    return (
      name.includes(this.#text) || (this.#program !== undefined && this.#occurs(this.#program, [...name]))
    );
  }

  /** Runs all alternatives at once, from every start. */
  #occurs(program: readonly Instruction[], name: readonly string[]): boolean {
    let states: number[] = [];
    for (let at = 0; at <= name.length && this.#steps < STEP_BUDGET; at++) {
      this.#generation++;
      const place = { isStart: at === 0, isEnd: at === name.length };
      const char = name[at - 1];
      const reached: number[] = [];
      for (const state of states) {
        const instruction = program[state];
        if (instruction?.kind === 'char' && char !== undefined && instruction.test(char)) {
          if (this.#follow(program, state + 1, place, reached)) return true;
        }
      }
      if (this.#follow(program, 0, place, reached)) return true;
      states = reached;
    }
    return false;
  }

  /** Adds the states that wait for a character; true where the end of the pattern is reached without one. */
  #follow(
    program: readonly Instruction[],
    from: number,
    place: { readonly isStart: boolean; readonly isEnd: boolean },
    reached: number[],
  ): boolean {
    const pending = [from];
    for (let state = pending.pop(); state !== undefined; state = pending.pop()) {
      const instruction = program[state];
      if (instruction === undefined || this.#seen[state] === this.#generation) continue;
      this.#seen[state] = this.#generation;
      this.#steps++;
      if (instruction.kind === 'match') return true;
      if (instruction.kind === 'char') reached.push(state);
      if (instruction.kind === 'fork') pending.push(...instruction.to);
      if (instruction.kind === 'start' && place.isStart) pending.push(state + 1);
      if (instruction.kind === 'end' && place.isEnd) pending.push(state + 1);
    }
    return false;
  }
}
