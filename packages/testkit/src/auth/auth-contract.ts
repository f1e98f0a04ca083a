import { inspect } from 'node:util';
import type { AuthPort, Credentials } from '@remote-consoles/core';
import { expect } from 'vitest';
import { type ContractCheck, type ContractOptions, describeContract } from '../contract.js';
import { DEFAULT_DEADLINE, rejectsWith, within } from '../expectations.js';
import type { AuthHarness } from './auth-harness.js';

/** Tokens come from a header, and from whoever writes one. */
const HOSTILE_TOKENS = [
  '',
  ' ',
  'x',
  '__proto__',
  'constructor',
  '00000000-0000-4000-8000-000000000000',
  'a\r\nX-Subject-Token: b',
  '\u0000',
  'ü漢',
  '\ud800',
  '../../v3/users',
  '?allow_expired=1',
  'x'.repeat(100_000),
];

const comparable = ({ roles, ...rest }: Credentials) => ({ ...rest, roles: [...new Set(roles)].sort() });

/** What is not quite a valid token. */
function nearMisses(token: string): string[] {
  const last = token.at(-1) === 'A' ? 'B' : 'A';
  return [
    `${token}x`,
    `x${token}`,
    token.slice(0, -1),
    token.slice(1),
    `${token.slice(0, -3)}${last}${last}${last}`,
    `${token} ${token}`,
    `${token},${token}`,
  ].filter((miss) => miss !== token);
}

async function refuse(port: AuthPort, token: string, deadline: number | undefined): Promise<void> {
  const shown = JSON.stringify(token.slice(0, 24));
  const refusal = await rejectsWith(
    'unauthenticated',
    `authenticate ${shown}`,
    port.authenticate(token),
    deadline,
  );
  if (token.trim().length < 8) return;
  const printed = inspect(refusal, { depth: null });
  expect(printed.includes(token), `the refusal of ${shown} shows the token`).toBe(false);
}

/** Everything that the TSDoc of `AuthPort` promises. */
export const authChecks: readonly ContractCheck<AuthHarness>[] = [
  {
    name: 'challenge: is the value of one WWW-Authenticate header',
    run: async ({ port }) => {
      expect(port.challenge).toMatch(/^[A-Za-z][A-Za-z0-9-]*( [\x20-\x7e]+)?$/);
    },
  },
  {
    name: 'check: resolves while tokens can be checked',
    run: async ({ port, deadline = DEFAULT_DEADLINE }) => within(deadline, 'check', port.check()),
  },
  {
    name: 'authenticate: says whose a valid token is, the first time and again',
    run: async ({ port, tokens, deadline = DEFAULT_DEADLINE }) => {
      for (const round of ['first', 'second']) {
        for (const { token, credentials } of tokens) {
          const answer = await within(deadline, `authenticate, ${round} time`, port.authenticate(token));
          expect(comparable(answer)).toEqual(comparable(credentials));
        }
      }
    },
  },
  {
    name: 'authenticate: many at once are told apart',
    run: async ({ port, tokens, deadline = DEFAULT_DEADLINE }) => {
      const asked = Array.from({ length: 8 }, () => tokens).flat();
      const answers = Promise.all(asked.map(({ token }) => port.authenticate(token)));
      expect((await within(deadline, 'authenticate', answers)).map(comparable)).toEqual(
        asked.map(({ credentials }) => comparable(credentials)),
      );
    },
  },
  {
    name: 'authenticate: whatever is no token is unauthenticated, and is not repeated in the refusal',
    run: async ({ port, deadline }) => {
      for (const token of HOSTILE_TOKENS) await refuse(port, token, deadline);
    },
  },
  {
    name: 'authenticate: what is almost a valid token is unauthenticated, before and after the valid one was used',
    run: async ({ port, tokens: [{ token, credentials }], deadline }) => {
      for (const miss of nearMisses(token)) await refuse(port, miss, deadline);
      expect(comparable(await port.authenticate(token))).toEqual(comparable(credentials));
      for (const miss of nearMisses(token)) await refuse(port, miss, deadline);
    },
  },
  {
    name: 'authenticate: a refused token does not spoil a valid one that is asked at the same time',
    run: async ({ port, tokens: [{ token, credentials }], deadline }) => {
      const [answer] = await Promise.all([port.authenticate(token), refuse(port, `${token}x`, deadline)]);
      expect(comparable(answer)).toEqual(comparable(credentials));
    },
  },
  {
    name: 'authenticate: a token that was valid once is unauthenticated',
    needs: 'former',
    run: async ({ port, former = [], deadline }) => {
      for (const token of former) await refuse(port, token, deadline);
    },
  },
  {
    name: 'unavailable: says identity-unavailable, never unauthenticated, in bounded time',
    needs: 'makeUnavailable',
    run: async (harness) => {
      const { port, tokens, deadline } = harness;
      await harness.makeUnavailable?.();
      for (const { token } of tokens) {
        const attempt = port.authenticate(token);
        const refusal = await rejectsWith('identity-unavailable', 'authenticate', attempt, deadline);
        expect(inspect(refusal, { depth: null }).includes(token), 'the refusal shows the token').toBe(false);
      }
      await rejectsWith('identity-unavailable', 'check', port.check(), deadline);
    },
  },
  {
    name: 'close: ends in bounded time',
    run: async ({ port, tokens: [{ token }], deadline = DEFAULT_DEADLINE }) => {
      await port.authenticate(token);
      await within(deadline, 'close', port.close());
    },
  },
];

/**
 * Checks an identity adapter against its contract, one vitest test for each promise.
 *
 * @param name what is under test, for the report
 * @param setup called for each test
 * @param options what the adapter lacks
 */
export function describeAuthPort(
  name: string,
  setup: () => AuthHarness | Promise<AuthHarness>,
  options: ContractOptions<AuthHarness> = {},
): void {
  describeContract(`AuthPort: ${name}`, authChecks, setup, options);
}
