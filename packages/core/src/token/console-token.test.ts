import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isTokenText } from './console-token.js';

describe('isTokenText', () => {
  it('accepts every UUID in either case', () => {
    fc.assert(fc.property(fc.uuid(), (uuid) => isTokenText(uuid) && isTokenText(uuid.toUpperCase())));
  });

  it.each([
    '',
    'f9906a48',
    'f9906a48b71e4f18baca c987da3ebdb3',
    'f9906a48-b71e-4f18-baca-c987da3ebdb3\n',
    ' f9906a48-b71e-4f18-baca-c987da3ebdb3',
    '{f9906a48-b71e-4f18-baca-c987da3ebdb3}',
    'badf9906a48-b71e-4f18-baca-c987da3ebdb3',
    'g9906a48-b71e-4f18-baca-c987da3ebdb3',
    'f9906a48-b71e-4f18-baca-c987da3ebdb３',
  ])('refuses %j', (text) => {
    expect(isTokenText(text)).toBe(false);
  });

  it('refuses whatever is not 36 characters long, at once', () => {
    expect(isTokenText('f'.repeat(10_000_000))).toBe(false);
    fc.assert(fc.property(fc.string(), (text) => !isTokenText(text)));
  });
});
