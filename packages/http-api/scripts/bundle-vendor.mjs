// One file of Express and the 70 packages that it consists of.
import { join } from 'node:path';
import { bundleVendor } from '../../../scripts/bundle-vendor.mjs';

await bundleVendor({
  input: join(import.meta.dirname, 'express.mjs'),
  file: join(import.meta.dirname, '..', 'dist', 'vendor', 'express.js'),
});
