import { parseXml } from '@remote-consoles/soap-xml';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { WmiObject } from './wmi-object.js';
import { isWqlValue, selectFrom } from './wql.js';

/** Each UTF-16 unit, and often one that means something. */
const anyUnit = fc.oneof(
  fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)),
  fc.constantFrom("'", '"', '\\', '%', ' ', 'a', '‘'),
);

describe('selectFrom', () => {
  it('writes one class with its conditions', () => {
    expect(selectFrom('Msvm_ComputerSystem')).toBe('SELECT * FROM Msvm_ComputerSystem');
    expect(
      selectFrom(
        'A',
        [
          ['B', 'b b'],
          ['C', 'c:d-e_f.1'],
        ],
        [['D', 'x']],
      ),
    ).toBe("SELECT * FROM A WHERE (B = 'b b' AND C = 'c:d-e_f.1') OR (D = 'x')");
  });

  it('lets no value out of its quotes', () => {
    const hostile = ["'", "''", '\\', "\\'", '"', '%', '\n', '\0', '', 'ü', '‘', 'x'.repeat(101)];
    for (const value of hostile) expect(() => selectFrom('A', [['B', value]]), value).toThrow(RangeError);
    fc.assert(
      fc.property(fc.string({ unit: anyUnit }), (value) => {
        if (isWqlValue(value))
          expect(selectFrom('A', [['B', value]])).toMatch(/^SELECT \* FROM A WHERE \(B = '[^'\\"%]*'\)$/);
        else expect(() => selectFrom('A', [['B', value]])).toThrow(RangeError);
      }),
    );
  });

  it('takes only names for names', () => {
    for (const name of ['', 'A B', "A'", '1A', 'A WHERE 1=1']) {
      expect(() => selectFrom(name), name).toThrow(RangeError);
      expect(() => selectFrom('A', [[name, 'x']]), name).toThrow(RangeError);
    }
  });
});

describe('a WMI object', () => {
  const object = (content: string) =>
    new WmiObject(parseXml(`<p:A xmlns:p="p" xmlns:xsi="x">${content}</p:A>`));

  it('has arrays as elements of one name, and nothing for nil', () => {
    const notes = object('<p:N>a</p:N><p:X xsi:nil="true"/><p:N>b</p:N><p:E/>');
    expect(notes.all('N')).toEqual(['a', 'b']);
    expect(notes.text('N')).toBe('a');
    expect(notes.text('X')).toBeUndefined();
    expect(notes.text('E')).toBe('');
    expect(notes.all('Y')).toEqual([]);
  });

  it('has numbers where they are ones', () => {
    const numbers = object('<N>2</N><N> 32774 </N><N/><N>-1</N><N>1e3</N><N>99999999999</N><N>0x2</N>');
    expect(numbers.numbers('N')).toEqual([2, 32_774]);
  });
});
