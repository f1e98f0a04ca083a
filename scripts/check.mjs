// Everything that is checked without tests: format and lint, types, boundaries, and that `npm start` works.
import { join } from 'node:path';
import { build, install, root, run } from './workspace.mjs';

install();
build();
run('biome', ['ci', '.']);
run('tsc', ['-p', 'tsconfig.tests.json']);
run(process.execPath, [join(root, 'scripts', 'check-boundaries.mjs')]);
run(process.execPath, [join(root, 'scripts', 'smoke.mjs')]);
