import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OutputFlow } from './output-flow.js';

/** A terminal that draws when told to. */
class SlowTerminal {
  readonly drawn: (Uint8Array | string)[] = [];
  readonly #waiting: (() => void)[] = [];

  readonly write = (data: Uint8Array | string, done: () => void): void => {
    this.drawn.push(data);
    this.#waiting.push(done);
  };

  draw(): void {
    for (const done of this.#waiting.splice(0)) done();
  }

  get bytes(): number {
    return this.drawn.reduce((sum, data) => sum + (typeof data === 'string' ? 0 : data.length), 0);
  }

  get notes(): string {
    return this.drawn.filter((data) => typeof data === 'string').join('');
  }
}

describe('output', () => {
  it('passes in order while the terminal keeps up', () => {
    const terminal = new SlowTerminal();
    const flow = new OutputFlow(terminal.write, 10);
    for (let round = 0; round < 5; round++) {
      flow.push(new Uint8Array(10).fill(round));
      terminal.draw();
    }
    expect(terminal.drawn).toEqual([0, 1, 2, 3, 4].map((round) => new Uint8Array(10).fill(round)));
  });

  it('is left out beyond the limit, and the loss is said once the terminal has caught up', () => {
    const terminal = new SlowTerminal();
    const flow = new OutputFlow(terminal.write, 10);
    flow.push(new Uint8Array(8));
    flow.push(new Uint8Array(3));
    flow.push(new Uint8Array(4));
    expect(terminal.notes).toBe('');
    terminal.draw();
    expect(terminal.notes).toContain('7 bytes');
  });

  it('accounts for every byte, drawn or said to be missing', () => {
    const step = fc.oneof(fc.constant('draw' as const), fc.nat({ max: 30 }));
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const terminal = new SlowTerminal();
        const flow = new OutputFlow(terminal.write, 40);
        let sent = 0;
        for (const what of steps) {
          if (what === 'draw') terminal.draw();
          else {
            flow.push(new Uint8Array(what));
            sent += what;
          }
        }
        terminal.draw();
        flow.push(new Uint8Array(0));
        terminal.draw();
        const missing = [...terminal.notes.matchAll(/(\d+) bytes/g)].reduce(
          (sum, [, count]) => sum + Number(count),
          0,
        );
        expect(terminal.bytes + missing).toBe(sent);
      }),
    );
  });
});
