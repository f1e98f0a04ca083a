import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatPolicyExpression } from '@remote-consoles/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ConfigError } from '../config/config-problem.js';
import { loadParts } from '../config/load-parts.js';
import { parseConfig } from '../config/read-config.js';
import { loadPolicyOverrides } from './load-policy.js';

let directory = '';
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'policy-'));
});
afterAll(() => rm(directory, { recursive: true }));

const configOf = (policy: string) =>
  parseConfig(`hypervisors: [{ name: hv, module: ./none.mjs }]\n${policy}`, join(directory, 'consoles.yaml'));

const writeRules = (text: string) => writeFile(join(directory, 'policy.yaml'), text);

async function rulesOf(policy: string) {
  const rules = await loadPolicyOverrides(configOf(policy));
  return Object.fromEntries(
    Object.entries(rules).map(([name, expression]) => [name, formatPolicyExpression(expression)]),
  );
}

async function errorOf(policy: string): Promise<ConfigError> {
  const error = await loadPolicyOverrides(configOf(policy)).catch((reason: unknown) => reason);
  if (error instanceof ConfigError) return error;
  throw new Error('no problem was found');
}

describe('the policy of a configuration', () => {
  it("is Nova's where nothing is said", async () => {
    expect(await rulesOf('')).toEqual({});
  });

  it('takes rules from a file beside the configuration, and inline ones over them', async () => {
    await writeRules(`operator: role:operator\n'os_compute_api:servers:show': rule:operator\n`);
    expect(
      await rulesOf(
        `policy:\n  file: policy.yaml\n  rules:\n    operator: role:boss\n    'os_compute_api:os-remote-consoles': rule:operator or role:admin\n`,
      ),
    ).toEqual({
      operator: 'role:boss',
      'os_compute_api:servers:show': 'rule:operator',
      'os_compute_api:os-remote-consoles': 'rule:operator or role:admin',
    });
  });

  it('may be an empty file', async () => {
    await writeRules('# nothing yet\n');
    expect(await rulesOf('policy: { file: policy.yaml }')).toEqual({});
  });

  it('says everything that is wrong at once, with file, line, rule and column', async () => {
    await writeRules(
      `a: role:x and\nb: rule:nowhere\nc: 5\n'os_compute_api:os-remote-console': role:x\nd: rule:e\n`,
    );
    const { message } = await errorOf(
      `policy:\n  file: policy.yaml\n  rules:\n    e: rule:d\n    f: (role:x\n    'os_compute_api:os-flavors': rule:a\n`,
    );
    const [first, ...rest] = message.split('\n');
    expect(first).toBe(`${join(directory, 'consoles.yaml')}: 7 problems`);
    expect(
      rest.map((line) => line.replace(/(there are os_compute_api:os-remote-consoles), .*/, '$1')),
    ).toEqual([
      '  policy.yaml, line 1, a: column 11: expected a check such as role:NAME',
      '  policy.yaml, line 3, c: must be text such as role:admin; "@" and "!" need their quotes',
      '  policy.yaml, line 4, os_compute_api:os-remote-console: there is no such rule here; did you mean os_compute_api:os-remote-consoles?',
      '  line 6, policy.rules.f: column 1: this bracket is never closed',
      '  line 7, policy.rules.os_compute_api:os-flavors: there is no such rule here; there are os_compute_api:os-remote-consoles',
      '  policy.yaml, line 2, b: refers to nowhere, which does not exist',
      '  policy.yaml, line 5, d: goes in a circle: d > e > d',
    ]);
  });

  it('says that its file cannot be read, and what else is wrong', async () => {
    const { problems } = await errorOf(
      'policy:\n  file: none.yaml\n  rules: { a: rule:of-the-file, b: role }\n',
    );
    expect(problems).toEqual([
      { path: 'policy.file', line: 3, message: 'none.yaml cannot be read (ENOENT)' },
      { path: 'policy.rules.b', line: 4, message: expect.stringContaining('column 1: unknown check "role"') },
    ]);
  });

  it.each(['- role:admin', 'role:admin', '5'])('refuses a file that maps nothing: %s', async (text) => {
    await writeRules(text);
    expect((await errorOf('policy: { file: policy.yaml }')).problems).toEqual([
      { path: 'policy.file', line: 2, message: 'policy.yaml must map the names of rules to their texts' },
    ]);
  });

  it('says where the YAML of its file is broken, such as an @ without quotes', async () => {
    await writeRules('a: role:x\nb: @\n');
    expect((await errorOf('policy: { file: policy.yaml }')).problems).toEqual([
      { path: '', line: 2, file: 'policy.yaml', message: expect.stringContaining('@') },
    ]);
  });

  it('lets nobody in by a ! without quotes, which is nothing to YAML', async () => {
    expect((await errorOf('policy: { rules: { a: ! } }')).problems).toHaveLength(1);
  });

  it('is checked together with the adapters', async () => {
    const error = await loadParts(configOf('policy: { rules: { a: rule:b } }')).catch((reason) => reason);
    expect(error).toBeInstanceOf(ConfigError);
    expect((error as ConfigError).problems.map(({ path }) => path)).toEqual(
      expect.arrayContaining(['policy.rules.a', 'hypervisors[0].module']),
    );
  });
});
