import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isSubject } from './certificate-subject.js';

const SUBJECT = 'C=IL\nO=Lab\\, one\nCN=kvm1';

test.each([
  ['C=IL,O=Lab\\, one,CN=kvm1', true],
  ['C=IL, O=Lab\\, one, CN=kvm1', true],
  ['C=IL,O=Lab\\, one', false],
  ['CN=kvm1', false],
  ['CN=kvm1,O=Lab\\, one,C=IL', false],
  ['C=IL,O=Lab\\, one,CN=kvm1,CN=kvm1', false],
  ['C=IL,O=Lab\\, one,CN=KVM1', false],
  ['C=IL,O=Lab, one,CN=kvm1', false],
  ['', false],
])('%j: %j', (wanted, expected) => {
  expect(isSubject(SUBJECT, wanted)).toBe(expected);
});

test('a subject is itself, and no other', () => {
  const value = fc.string({ minLength: 1, maxLength: 8 }).filter((text) => !/[\n]/.test(text));
  const names = fc.array(fc.tuple(fc.constantFrom('C', 'O', 'CN'), value), { minLength: 1, maxLength: 4 });
  const written = (subject: [string, string][], separator: string) =>
    subject.map(([type, text]) => `${type}=${text.replaceAll(/[\\,]/g, '\\$&')}`).join(separator);
  fc.assert(
    fc.property(names, names, (one, other) => {
      expect(isSubject(written(one, '\n'), written(one, ','))).toBe(true);
      const same = JSON.stringify(one) === JSON.stringify(other);
      expect(isSubject(written(one, '\n'), written(other, ','))).toBe(same);
    }),
  );
});

test('any text is compared, none is believed by chance', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (wanted) => {
      expect(isSubject(SUBJECT, wanted)).toBe(false);
    }),
  );
});
