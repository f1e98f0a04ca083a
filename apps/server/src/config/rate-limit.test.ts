import { expect, it } from 'vitest';
import { ConfigError } from './config-problem.js';
import { parseConfig } from './read-config.js';

const limitsOf = (text: string) =>
  parseConfig(`hypervisors: [{ name: hv, module: m }]\n${text}`, 'consoles.yaml').config.limits;

it('has limits of rate unless the configuration says otherwise', () => {
  expect(limitsOf('')).toEqual({
    apiRequestsPerAddress: { count: 600, seconds: 60 },
    apiRequestsPerUser: { count: 300, seconds: 60 },
    failedTokensPerAddress: { count: 30, seconds: 60 },
  });
  expect(
    limitsOf('limits: { apiRequestsPerUser: false, failedTokensPerAddress: { count: 5, seconds: 1 } }'),
  ).toEqual({
    apiRequestsPerAddress: { count: 600, seconds: 60 },
    apiRequestsPerUser: false,
    failedTokensPerAddress: { count: 5, seconds: 1 },
  });
});

it.each([
  ['true', '', 'must be { count: 600, seconds: 60 } or false'],
  ['10', '', 'must be { count: 600, seconds: 60 } or false'],
  ['{ count: 1 }', '', 'must be { count: 600, seconds: 60 } or false'],
  ['{ count: 0, seconds: 1 }', '.count', expect.stringContaining('>=1')],
  ['{ count: 1, seconds: 90000 }', '.seconds', expect.stringContaining('<=86400')],
])('refuses %s as a limit, and says where', (value, at, message) => {
  let problems: readonly object[] = [];
  try {
    limitsOf(`limits: { apiRequestsPerUser: ${value} }`);
  } catch (error) {
    if (error instanceof ConfigError) problems = error.problems;
  }
  expect(problems).toEqual([expect.objectContaining({ path: `limits.apiRequestsPerUser${at}`, message })]);
});
