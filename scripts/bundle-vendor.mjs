import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { rolldown } from 'rolldown';

/**
 * Makes one file of a library that is read at every start: hundreds of small files cost more to find and read than to
 * run. The licences of all that is in it stand at its end.
 *
 * @param {{ input: string, file: string, plugins?: import('rolldown').Plugin[] }} vendor
 */
export async function bundleVendor({ input, file, plugins = [] }) {
  const bundle = await rolldown({ input, platform: 'node', plugins });
  // Names stay what they are; space and comments, but for licences, are read for nothing.
  const minify = { mangle: false, compress: false, codegen: { removeWhitespace: true } };
  const { output } = await bundle.generate({ format: 'esm', minify });
  await bundle.close();
  const [{ code, moduleIds }] = output;
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, code + (await licencesOf(moduleIds)));
}

async function licencesOf(modules) {
  const homes = new Set(modules.flatMap((id) => /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+/.exec(id) ?? []));
  const licences = await Promise.all([...homes].sort().map(licenceOf));
  return licences.join('\n');
}

async function licenceOf(home) {
  const { name, version, license } = JSON.parse(await readFile(join(home, 'package.json'), 'utf8'));
  const file = (await readdir(home)).find((each) => /^licen[cs]e/i.test(basename(each)));
  const text = file === undefined ? `${license}\n` : await readFile(join(home, file), 'utf8');
  return `/*! ${name} ${version}\n${text.replaceAll('*/', '* /')}*/`;
}
