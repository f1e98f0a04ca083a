import { describe, expect, it } from 'vitest';
import { type ContractCheck, describeContract, type Harness, runCheck } from './contract.js';

interface TestHarness extends Harness {
  readonly part?: string;
}

const disposed: string[] = [];
const check: ContractCheck<TestHarness> = { name: 'needs a part', needs: 'part', run: async () => undefined };
const never: ContractCheck<TestHarness> = {
  name: 'never run',
  needs: 'part',
  run: () => Promise.reject(new Error('was run')),
};

describeContract('a contract', [check], () => ({ part: 'x', dispose: () => void disposed.push('x') }), {});
describeContract(
  'a contract without the part',
  [never, { ...check, name: 'the rest', needs: 'dispose' }],
  () => ({ dispose: () => undefined }),
  {
    lacks: ['part'],
  },
);

describe('describeContract', () => {
  it('disposes of the harness after each check', () => {
    expect(disposed).toEqual(['x']);
  });
});

describe('runCheck', () => {
  it('fails where the harness lacks a part and nobody said so', async () => {
    await expect(runCheck(check, {})).rejects.toThrow(
      `the harness has no "part": provide it, or pass { lacks: ['part'] }`,
    );
  });
});
