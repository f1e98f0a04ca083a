// Makes one file of inversify's 240: reading them took a fifth of the time that a start takes.
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { rolldown } from 'rolldown';

const entry = createRequire(import.meta.url).resolve('inversify');
const licence = await readFile(join(dirname(entry), '..', 'LICENSE'), 'utf8');
const bundle = await rolldown({ input: entry, platform: 'node' });
await bundle.write({
  file: join(import.meta.dirname, '..', 'dist', 'vendor', 'inversify.js'),
  format: 'esm',
  banner: `/*! inversify\n${licence.replaceAll('*/', '* /')}*/`,
});
await bundle.close();
