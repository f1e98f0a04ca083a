import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NamePattern } from './name-pattern.js';

describe('NamePattern', () => {
  it.each([
    ['web', 'my-web-1', true],
    ['web', 'wEb', false],
    ['^web', 'web-1', true],
    ['^web', 'my-web', false],
    ['web$', 'my-web', true],
    ['^web$', 'web', true],
    ['^$', '', true],
    ['^$', 'x', false],
    ['w.b', 'wxb', true],
    ['^web-[0-9]+$', 'web-12', true],
    ['^web-[0-9]+$', 'web-x', false],
    ['^[^a-c]*$', 'xyz', true],
    ['^[^a-c]*$', 'xaz', false],
    ['^[]a]$', ']', true],
    ['^[a-]$', '-', true],
    ['^(web|db)-(a|b)$', 'db-b', true],
    ['^(web|db)-(a|b)$', 'app-b', false],
    ['^(?:ab)+$', 'ababab', true],
    ['^a{2}$', 'aa', true],
    ['^a{2,}$', 'aaaa', true],
    ['^a{2,3}$', 'aaaa', false],
    ['^\\w+\\.\\d$', 'host.1', true],
    ['^\\w+\\.\\d$', 'hostx1', false],
    ['^(a*)*$', 'aaa', true],
    ['^(a|b*)*c$', 'abbac', true],
    ['|', 'anything', true],
    ['a||b', 'anything', true],
    ['😀.', '😀😀', true],
  ])('%s against %s', (pattern, name, matches) => {
    expect(new NamePattern(pattern).matches(name)).toBe(matches);
  });

  it.each(['web(1)', 'a+b', '[x]', 'c:\\d', '$5', 'x.y', '*', '('])('%s finds itself', (text) => {
    expect(new NamePattern(text).matches(`my ${text}!`)).toBe(true);
  });

  it.each([
    '(',
    '*',
    '[',
    '[a',
    'a{',
    'a{x}',
    'a{1,2,3}',
    '(?=a)',
    '(?i)a',
    '\\1',
    'a\\',
    '(a',
    'a)',
    '[z-a]',
    'a{999}{999}',
    'x*'.repeat(200),
  ])('%s is no pattern, and finds nothing but itself', (text) => {
    expect(new NamePattern(text).matches('aaa')).toBe(false);
    expect(new NamePattern(text).matches(`-${text}-`)).toBe(true);
  });

  const { pattern } = fc.letrec<{ pattern: string }>((tie) => ({
    pattern: fc.oneof(
      { maxDepth: 4 },
      fc.constantFrom('a', 'b', '.', '[ab]', '[^a]', '\\w', '^', '$', ''),
      fc.tuple(tie('pattern'), tie('pattern')).map(([left, right]) => left + right),
      fc.tuple(tie('pattern'), tie('pattern')).map(([left, right]) => `(${left}|${right})`),
      fc
        .tuple(tie('pattern'), fc.constantFrom('*', '+', '?', '{0,2}', '{2}', '{1,}'))
        .map(([inner, times]) => `(${inner})${times}`),
    ),
  }));

  it('agrees with JavaScript’s own expressions', () => {
    fc.assert(
      fc.property(
        pattern.filter((text) => text.length <= 60),
        fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 8 }),
        (text, name) => {
          const ours = new NamePattern(text).matches(name);
          expect(ours).toBe(name.includes(text) || new RegExp(text, 's').test(name));
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('takes any text, and its time is bounded', () => {
    const hostile = [
      '(a*)*b',
      '(a|a)*b',
      '(a?){30}a{30}b',
      '(.*)(.*)(.*)(.*)(.*)b',
      `${'(a?)'.repeat(60)}b`,
      '((a*)*)*b',
    ];
    const names = Array.from({ length: 1000 }, () => 'a'.repeat(255));
    for (const text of hostile) {
      const started = performance.now();
      const filter = new NamePattern(text);
      for (const name of names) filter.matches(name);
      expect(performance.now() - started, text).toBeLessThan(2000);
    }
    fc.assert(
      fc.property(fc.string({ maxLength: 300 }), fc.string(), (text, name) => {
        new NamePattern(text).matches(name);
      }),
    );
  });
});
