import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type LineBuffer, logFileName, textOf } from './serial-log.js';

/** A buffer as the terminal keeps it: `+` in front of a row that goes on from the one above. */
function buffer(...rows: string[]): LineBuffer {
  return {
    length: rows.length,
    getLine(index) {
      const row = rows[index];
      if (row === undefined) return undefined;
      const text = row.replace(/^\+/, '');
      return { isWrapped: row.startsWith('+'), translateToString: (trim) => (trim ? text.trimEnd() : text) };
    },
  };
}

describe('the log', () => {
  it('puts wrapped lines together and trims the ends of lines only', () => {
    expect(textOf(buffer('one      ', 'two is lo', '+ng enough', '+  to wrap   ', '', 'x'))).toBe(
      'one\ntwo is long enough  to wrap\n\nx\n',
    );
  });

  it('ends where the machine stopped', () => {
    expect(textOf(buffer('login:', '   ', ''))).toBe('login:\n');
    expect(textOf(buffer('', ''))).toBe('');
    expect(textOf(buffer())).toBe('');
  });

  it('starts in the middle of a line that scrolled away', () => {
    expect(textOf(buffer('+tail', 'next'))).toBe('tail\nnext\n');
  });
});

describe('its file name', () => {
  const now = new Date('2026-03-05T07:08:09.123Z');

  it.each([
    ['web-01', 'web-01-2026-03-05T070809Z.log'],
    ['web 01 (a/b)', 'web-01-a-b-2026-03-05T070809Z.log'],
    ['../../etc/passwd', 'etc-passwd-2026-03-05T070809Z.log'],
    ['Köln', 'Ko-ln-2026-03-05T070809Z.log'],
    ['', 'console-2026-03-05T070809Z.log'],
  ])('of %j', (name, file) => {
    expect(logFileName(name, now)).toBe(file);
  });

  it('is a plain, short name whatever the machine is called', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 300 }), (name) => {
        expect(logFileName(name, now)).toMatch(/^[A-Za-z0-9_][A-Za-z0-9._-]{0,90}\.log$/);
      }),
    );
  });
});
