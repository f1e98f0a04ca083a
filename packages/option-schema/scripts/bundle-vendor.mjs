// One file of zod's 95, without its 50 translations.
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { bundleVendor } from '../../../scripts/bundle-vendor.mjs';

const home = dirname(createRequire(import.meta.url).resolve('zod/package.json'));

const withoutTranslations = {
  name: 'without-translations',
  load: (id) => (id.endsWith('/locales/index.js') ? 'export {};' : undefined),
};

await bundleVendor({
  input: join(home, 'index.js'),
  file: join(import.meta.dirname, '..', 'dist', 'vendor', 'zod.js'),
  plugins: [withoutTranslations],
});
