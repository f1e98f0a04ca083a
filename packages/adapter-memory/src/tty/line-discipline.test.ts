import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LineDiscipline, type TtyEvent } from './line-discipline.js';

const bytes = (text: string) => new TextEncoder().encode(text);

function type(text: string, discipline = new LineDiscipline()) {
  const events = discipline.receive(bytes(text));
  const lines = events.flatMap((event) => (event.kind === 'line' ? [event.line] : []));
  return { events, lines, echo: echoOf(events) };
}

function echoOf(events: readonly TtyEvent[]): string {
  return events.map((event) => (event.kind === 'echo' ? event.text : '')).join('');
}

describe('LineDiscipline', () => {
  it('echoes what is typed and gives the line at return, line feed or both', () => {
    expect(type('date\r')).toMatchObject({ lines: ['date'], echo: 'date\n' });
    expect(type('a\nb\r\nc\r').lines).toEqual(['a', 'b', 'c']);
    expect(type('\r\r').lines).toEqual(['', '']);
  });

  it.each([
    ['backspace', 'dax\u007fte\r', 'date', 'dax\b \bte\n'],
    ['backspace as Control-H', 'dax\u0008te\r', 'date', 'dax\b \bte\n'],
    ['backspace on nothing', '\u007f\u007fok\r', 'ok', 'ok\n'],
    ['Control-U', 'abc\u0015ok\r', 'ok', 'abc\b \b\b \b\b \bok\n'],
    ['Control-W', 'echo one two \u0017x\r', 'echo one x', undefined],
    ['characters beyond ASCII', 'grüße ✓\u007f\r', 'grüße ', undefined],
    ['arrows to the side and function keys', 'a\u001b[D\u001b[C\u001bOP\u001b[15~b\r', 'ab', 'ab\n'],
    ['other control characters', 'a\u0001\u0002\tb\r', 'ab', 'ab\n'],
  ])('understands %s', (_, typed, line, echo) => {
    const result = type(typed);
    expect(result.lines).toEqual([line]);
    if (echo !== undefined) expect(result.echo).toBe(echo);
  });

  it('drops the line at Control-C', () => {
    const discipline = new LineDiscipline();
    expect(type('rm -rf\u0003', discipline).events.at(-1)).toEqual({ kind: 'interrupt' });
    expect(type('\r', discipline).lines).toEqual(['']);
  });

  it('ends at Control-D on an empty line only', () => {
    expect(type('\u0004').events).toEqual([{ kind: 'end-of-file' }]);
    expect(type('x\u0004').events).toEqual([{ kind: 'echo', text: 'x' }]);
  });

  it('shows the line again at Control-L and keeps it', () => {
    const discipline = new LineDiscipline();
    expect(type('upt\u000c', discipline).events.at(-1)).toEqual({ kind: 'redraw', line: 'upt' });
    expect(type('ime\r', discipline).lines).toEqual(['uptime']);
  });

  it('walks through earlier lines with the arrows, and back', () => {
    const discipline = new LineDiscipline();
    type('one\rtwo\r  \rtwo\r', discipline);
    expect(type('\u001b[A\u001b[A\r', discipline).lines).toEqual(['one']);
    expect(type('\u001b[A\u001b[A\u001b[A\u001b[A\u001b[B\r', discipline).lines).toEqual(['two']);
    expect(type('xyz\u001bOA\u001bOBdone\r', discipline).lines).toEqual(['done']);
  });

  it('holds no more than a line of it, however long somebody types', () => {
    const { lines } = type(`${'x'.repeat(5000)}\r`);
    expect(lines[0]).toHaveLength(1024);
  });

  it('does the same however the bytes are cut', () => {
    const key = fc.constantFrom(
      'a',
      'ü',
      '✓',
      '😀',
      ' ',
      '\r',
      '\n',
      '\u007f',
      '\u0015',
      '\u0017',
      '\u0003',
      '\u001b[A',
      '\u001b[1;5C',
      '\u001b',
    );
    fc.assert(
      fc.property(
        fc.array(key, { maxLength: 40 }),
        fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1 }),
        (keys, sizes) => {
          const all = bytes(keys.join(''));
          const whole = new LineDiscipline().receive(all);
          const discipline = new LineDiscipline();
          const cut: TtyEvent[] = [];
          for (let at = 0, i = 0; at < all.length; i++) {
            const size = sizes[i % sizes.length] ?? 1;
            cut.push(...discipline.receive(all.subarray(at, at + size)));
            at += size;
          }
          const rest = (events: readonly TtyEvent[]) => events.filter(({ kind }) => kind !== 'echo');
          expect(rest(cut)).toEqual(rest(whole));
          expect(echoOf(cut)).toBe(echoOf(whole));
        },
      ),
    );
  });

  it('survives any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (noise) => void new LineDiscipline().receive(noise)),
    );
  });
});
