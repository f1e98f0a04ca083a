/** What came of the typing: text to show (lines end in \n), or something for the shell. */
export type TtyEvent =
  | { readonly kind: 'echo'; readonly text: string }
  | { readonly kind: 'line'; readonly line: string }
  /** Control-C. */
  | { readonly kind: 'interrupt' }
  /** Control-D on an empty line. */
  | { readonly kind: 'end-of-file' }
  /** Control-L: show the line again on an empty screen. */
  | { readonly kind: 'redraw'; readonly line: string };

const MAX_LINE = 1024;
const MAX_HISTORY = 100;

/**
 * The kernel's half of a terminal: echo, line editing and history. Takes bytes cut anywhere, UTF-8 or not.
 * Backspace, Control-U, Control-W, Control-C, Control-D, Control-L, arrows up and down; other sequences are swallowed.
 */
export class LineDiscipline {
  readonly #decoder = new TextDecoder();
  #line: string[] = [];
  #history: string[] = [];
  /** Place in the history, counted back from the line being typed. */
  #recalled = 0;
  #sequence: string | undefined;
  #afterReturn = false;

  receive(bytes: Uint8Array): readonly TtyEvent[] {
    const events: TtyEvent[] = [];
    for (const character of this.#decoder.decode(bytes, { stream: true })) {
      if (this.#sequence === undefined) events.push(...this.#type(character));
      else events.push(...this.#continueSequence(this.#sequence + character));
    }
    return merged(events);
  }

  #type(character: string): readonly TtyEvent[] {
    const pairedNewline = character === '\n' && this.#afterReturn;
    this.#afterReturn = character === '\r';
    if (pairedNewline) return [];
    switch (character) {
      case '\r':
      case '\n':
        return [echo('\n'), { kind: 'line', line: this.#enter() }];
      case '\u0008':
      case '\u007f':
        return this.#erase(1);
      case '\u0015':
        return this.#erase(this.#line.length);
      case '\u0017':
        return this.#erase(lastWordLength(this.#line));
      case '\u0003':
        this.#line = [];
        this.#recalled = 0;
        return [echo('^C\n'), { kind: 'interrupt' }];
      case '\u0004':
        return this.#line.length === 0 ? [{ kind: 'end-of-file' }] : [];
      case '\u000c':
        return [{ kind: 'redraw', line: this.#line.join('') }];
      case '\u001b':
        this.#sequence = '';
        return [];
    }
    if (/\p{Cc}/u.test(character) || this.#line.length >= MAX_LINE) return [];
    this.#line.push(character);
    return [echo(character)];
  }

  #enter(): string {
    const line = this.#line.join('');
    this.#line = [];
    this.#recalled = 0;
    if (line.trim() !== '' && line !== this.#history.at(-1)) {
      this.#history = [...this.#history, line].slice(-MAX_HISTORY);
    }
    return line;
  }

  #erase(count: number): readonly TtyEvent[] {
    const erased = Math.min(count, this.#line.length);
    this.#line.length -= erased;
    return erased === 0 ? [] : [echo('\b \b'.repeat(erased))];
  }

  #continueSequence(sequence: string): readonly TtyEvent[] {
    const unfinished = /^[[O][\d;]{0,16}$/.test(sequence);
    this.#sequence = unfinished ? sequence : undefined;
    if (sequence === '[A' || sequence === 'OA') return this.#recall(1);
    if (sequence === '[B' || sequence === 'OB') return this.#recall(-1);
    return [];
  }

  #recall(step: number): readonly TtyEvent[] {
    const place = this.#recalled + step;
    if (place < 0 || place > this.#history.length) return [];
    this.#recalled = place;
    const line = place === 0 ? '' : (this.#history.at(-place) ?? '');
    const erased = this.#erase(this.#line.length);
    this.#line = [...line];
    return [...erased, echo(line)];
  }
}

function echo(text: string): TtyEvent {
  return { kind: 'echo', text };
}

function lastWordLength(line: readonly string[]): number {
  return /\S*\s*$/.exec(line.join(''))?.[0].length ?? 0;
}

/** A run of echoes as one. */
function merged(events: readonly TtyEvent[]): readonly TtyEvent[] {
  const result: TtyEvent[] = [];
  for (const event of events) {
    const last = result.at(-1);
    if (event.kind === 'echo' && last?.kind === 'echo')
      result[result.length - 1] = echo(last.text + event.text);
    else result.push(event);
  }
  return result;
}
