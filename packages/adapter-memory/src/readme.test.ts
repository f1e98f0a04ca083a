import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { configSchema } from './config/config-schema.js';

describe('README', () => {
  it('shows a configuration that is sound', () => {
    const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
    const yaml = /```yaml\n(.*?)```/s.exec(readme)?.[1] ?? '';
    const { hypervisors } = parse(yaml) as { hypervisors: readonly { options: unknown }[] };
    const result = configSchema.safeParse(hypervisors[0]?.options);
    expect(result.error?.issues).toBeUndefined();
    expect(result.data?.servers.map(({ name }) => name)).toEqual(['try-me', 'workshop-pc', 'build-server']);
  });
});
