// Run in the folder of a package after its compiler: makes one file of each of its entries, because what is read at
// every start should be few files. Other packages stay outside, so that there is one of each; what is imported later
// stays in files of its own.
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { rolldown } from 'rolldown';

const DIST = 'dist';
const { exports } = JSON.parse(await readFile('package.json', 'utf8'));
const entries = Object.values(exports).map((entry) => (typeof entry === 'string' ? entry : entry.default));

const bundle = await rolldown({
  input: Object.fromEntries(entries.map((file) => [file.slice(`./${DIST}/`.length, -'.js'.length), file])),
  platform: 'node',
  external: /^[^./]/,
});
const { output } = await bundle.generate({ format: 'esm', chunkFileNames: '[name]-[hash].js' });
await bundle.close();
const made = new Set(output.map(({ fileName }) => fileName));
for (const { fileName, code } of output) await writeFile(join(DIST, fileName), code);
for (const name of await readdir(DIST, { recursive: true })) {
  const isCompiled = /\.js(\.map)?$/.test(name) && !name.startsWith('vendor/');
  if (isCompiled && !made.has(name)) await rm(join(DIST, name));
}
