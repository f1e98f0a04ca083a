import fc from 'fast-check';
import { expect, it } from 'vitest';
import { readFailure } from './iron-rdp-failure.js';

const NO_CODES = { httpStatus: undefined, wsaError: undefined, tlsAlert: undefined };

it.each([
  [0, 'general'],
  [1, 'login'],
  [2, 'login'],
  [3, 'login'],
  [4, 'rdcleanpath'],
  [5, 'not-connected'],
  [6, 'negotiation'],
  [7, 'general'],
])('kind %d of the library is %s', (kind, name) => {
  expect(readFailure({ kind: () => kind })).toEqual({ kind: name, said: '', ...NO_CODES });
});

it('reads the codes of RDCleanPath, and the first line of what the library says', () => {
  const thrown = {
    kind: () => 4,
    backtrace: () => 'the proxy refused  \n   0: ironrdp::session\n',
    rdcleanpathDetails: () => ({ httpStatusCode: 409, wsaErrorCode: undefined, tlsAlertCode: undefined }),
  };
  const said = 'the proxy refused';
  expect(readFailure(thrown)).toEqual({ kind: 'rdcleanpath', said, ...NO_CODES, httpStatus: 409 });
});

it('takes an error of the browser’s', () => {
  expect(readFailure(new Error('no memory'))).toEqual({ kind: 'general', said: 'no memory', ...NO_CODES });
});

it('takes whatever else is thrown', () => {
  fc.assert(fc.property(fc.anything(), (thrown) => void readFailure(thrown)));
});
