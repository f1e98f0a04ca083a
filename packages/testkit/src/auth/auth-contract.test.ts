import { ConsoleError, type Credentials, unauthenticated } from '@remote-consoles/core';
import { describe, expect, it } from 'vitest';
import { failingChecks } from '../../test/failing-checks.js';
import { authHarness, FORMER, ReferenceAuth, TOKENS } from '../../test/reference-auth.js';
import { authChecks, describeAuthPort } from './auth-contract.js';

describeAuthPort('the reference', () => authHarness());

const NO_TOKEN = 'authenticate: whatever is no token is unauthenticated, and is not repeated in the refusal';
const ALMOST =
  'authenticate: what is almost a valid token is unauthenticated, before and after the valid one was used';
const UNAVAILABLE = 'unavailable: says identity-unavailable, never unauthenticated, in bounded time';

/** Each breaks one promise; the texts name checks that must notice. */
const BROKEN: readonly [string, new () => ReferenceAuth, readonly string[]][] = [
  [
    'has a challenge of two lines',
    class extends ReferenceAuth {
      override challenge = 'Keystone uri="x"\r\nSet-Cookie: a=b';
    },
    ['challenge: is the value of one WWW-Authenticate header'],
  ],
  [
    'fails its check',
    class extends ReferenceAuth {
      override async check() {
        throw new Error('not ready');
      }
    },
    ['check: resolves while tokens can be checked'],
  ],
  [
    'forgets the project',
    class extends ReferenceAuth {
      override async authenticate(token: string) {
        const { userId, roles } = await super.authenticate(token);
        return { userId, roles };
      }
    },
    ['authenticate: says whose a valid token is, the first time and again'],
  ],
  [
    'mixes up answers that are under way together',
    class extends ReferenceAuth {
      #last: Promise<Credentials> | undefined;
      override authenticate(token: string) {
        this.#last ??= super.authenticate(token);
        const shared = this.#last;
        setImmediate(() => {
          this.#last = undefined;
        });
        return shared;
      }
    },
    [
      'authenticate: many at once are told apart',
      'authenticate: a refused token does not spoil a valid one that is asked at the same time',
    ],
  ],
  [
    'takes everybody for an administrator',
    class extends ReferenceAuth {
      override async authenticate(token: string): Promise<Credentials> {
        return super.authenticate(token).catch(() => ({ userId: 'x', roles: ['admin'] }));
      }
    },
    [NO_TOKEN, ALMOST, 'authenticate: a token that was valid once is unauthenticated', UNAVAILABLE],
  ],
  [
    'repeats the token',
    class extends ReferenceAuth {
      override async authenticate(token: string): Promise<Credentials> {
        return super.authenticate(token).catch((cause: unknown) => {
          throw new ConsoleError('unauthenticated', 'no', { cause: new Error(`${token}: ${cause}`) });
        });
      }
    },
    [NO_TOKEN, ALMOST],
  ],
  [
    'compares the beginning only',
    class extends ReferenceAuth {
      override async authenticate(token: string) {
        const known = TOKENS.find((each) => token.startsWith(each.token));
        return super.authenticate(known?.token ?? token);
      }
    },
    [ALMOST],
  ],
  [
    'trims',
    class extends ReferenceAuth {
      override async authenticate(token: string) {
        return super.authenticate(token.replace(/x$/, ''));
      }
    },
    [ALMOST],
  ],
  [
    'accepts yesterday’s tokens',
    class extends ReferenceAuth {
      override async authenticate(token: string) {
        return super.authenticate(token === FORMER ? TOKENS[0].token : token);
      }
    },
    ['authenticate: a token that was valid once is unauthenticated'],
  ],
  [
    'says unauthenticated when it cannot know',
    class extends ReferenceAuth {
      override async authenticate(token: string) {
        if (this.down) throw unauthenticated();
        return super.authenticate(token);
      }
    },
    [UNAVAILABLE],
  ],
  [
    'hangs when it cannot know',
    class extends ReferenceAuth {
      override authenticate(token: string) {
        return this.down ? new Promise<Credentials>(() => undefined) : super.authenticate(token);
      }
    },
    [UNAVAILABLE],
  ],
  [
    'never closes',
    class extends ReferenceAuth {
      override close() {
        return new Promise<void>(() => undefined);
      }
    },
    ['close: ends in bounded time'],
  ],
];

describe('an identity service that', () => {
  it.each(BROKEN)('%s is caught', async (_flaw, Broken, expected) => {
    const failed = await failingChecks(authChecks, () => authHarness(new Broken()));
    expect(failed).toEqual(expect.arrayContaining([...expected]));
  });
});

describe('every check', () => {
  it('has a name of its own and fails for some broken service', () => {
    const names = authChecks.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    const caught = new Set(BROKEN.flatMap(([, , expected]) => expected));
    expect(names.filter((name) => !caught.has(name))).toEqual([]);
  });
});
