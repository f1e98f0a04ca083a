import { describe, expect, it } from 'vitest';
import { z } from '../dist/index.js';

describe('the schemas of options', () => {
  it('say in English what is wrong', () => {
    const result = z.strictObject({ port: z.int().max(65_535) }).safeParse({ port: '80', host: 'x' });
    expect(result.error?.issues.map((issue) => issue.message)).toEqual([
      'Invalid input: expected number, received string',
      'Unrecognized key: "host"',
    ]);
  });
});
