// One file each of inversify's 240 and yaml's 72.
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { bundleVendor } from '../../../scripts/bundle-vendor.mjs';

const { resolve } = createRequire(import.meta.url);

const VENDORS = {
  inversify: resolve('inversify'),
  // Its ES modules, which are for browsers too: the others would be one object in the bundle, without names.
  yaml: join(dirname(resolve('yaml')), '..', 'browser', 'dist', 'index.js'),
};

for (const [name, input] of Object.entries(VENDORS)) {
  await bundleVendor({ input, file: join(import.meta.dirname, '..', 'dist', 'vendor', `${name}.js`) });
}
