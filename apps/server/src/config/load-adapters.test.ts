import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cryptoDigest, cryptoRandom, systemClock } from '../composition/node-ports.js';
import { ConfigError } from './config-problem.js';
import { loadAdapters } from './load-adapters.js';
import { parseConfig } from './read-config.js';

const adapter = `
const validate = (value) => typeof value.host === 'string'
  ? { value } : { issues: [{ message: 'must be a host', path: ['host'] }] };
export default {
  configSchema: { '~standard': { version: 1, vendor: 'test', validate } },
  create: (config, context) => ({ name: context.name, config, directory: context.configDirectory }),
};`;

let directory = '';
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'adapters-'));
  await writeFile(join(directory, 'good.mjs'), adapter);
  await writeFile(join(directory, 'bad.mjs'), 'export default {};');
});
afterAll(() => rm(directory, { recursive: true }));

const configOf = (...hypervisors: string[]) =>
  parseConfig(
    `hypervisors:\n${hypervisors.map((text) => `  - ${text}`).join('\n')}\n` +
      'tokenStore: { module: ./good.mjs, options: { host: t } }\nauth: { module: ./good.mjs, options: { host: a } }',
    join(directory, 'consoles.yaml'),
  );

describe('adapters', () => {
  it('are loaded by path from beside the configuration file and given their options', async () => {
    const loaded = await loadAdapters(configOf('{ name: hv, module: ./good.mjs, options: { host: h } }'));
    const context = {
      logger: { debug() {}, info() {}, warn() {}, error() {} },
      clock: systemClock,
      random: cryptoRandom,
      digest: cryptoDigest,
    };
    const port = await loaded.hypervisors[0]?.(context);
    expect(port).toEqual({ name: 'hv', config: { host: 'h' }, directory });
  });

  it('report all their problems together, each with its path and line', async () => {
    const file = configOf(
      '{ name: a, module: ./good.mjs, options: { host: 1 } }',
      '{ name: b, module: ./bad.mjs }',
      '{ name: c, module: no-such-package-at-all }',
    );
    const error = await loadAdapters(file).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(ConfigError);
    expect((error as ConfigError).problems).toEqual([
      { path: 'hypervisors[0].options.host', line: 2, message: 'must be a host' },
      expect.objectContaining({
        path: 'hypervisors[1].module',
        message: expect.stringContaining('not an adapter'),
      }),
      expect.objectContaining({
        path: 'hypervisors[2].module',
        message: expect.stringContaining('cannot load'),
      }),
    ]);
  });
});
