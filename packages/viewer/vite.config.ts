import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { defineConfig, type Plugin } from 'vite';

/** A library that keeps its own licence: its files stay together in a chunk of their own, that names it. */
interface OwnChunk {
  readonly name: string;
  readonly files: RegExp;
  readonly notice: string;
  /** Licence files to ship, resolved from the package's main file. */
  readonly licences: readonly string[];
  readonly entry: string;
}

const OWN_CHUNKS: readonly OwnChunk[] = [
  {
    name: 'novnc',
    files: /[\\/]@novnc[\\/]novnc[\\/]/,
    notice:
      'noVNC 1.7.0, Copyright The noVNC authors, MPL-2.0, with pako (MIT); unmodified, minified. Source: npm package @novnc/novnc. Licences: ../licences/',
    entry: '@novnc/novnc',
    licences: ['../LICENSE.txt', '../docs/LICENSE.MPL-2.0', '../AUTHORS', '../vendor/pako/LICENSE'],
  },
  {
    name: 'xterm',
    files: /[\\/]@xterm[\\/][\w-]+[\\/].+\.m?js$/,
    notice:
      'xterm.js 6.0.0 with its fit and search add-ons, Copyright The xterm.js authors, MIT. Licences: ../licences/',
    entry: '@xterm/xterm',
    licences: ['../LICENSE'],
  },
];

const ROOT = join(import.meta.dirname, 'src/browser');

export default defineConfig({
  root: ROOT,
  // Pages find their assets from wherever a reverse proxy puts them.
  base: './',
  publicDir: false,
  build: {
    outDir: join(import.meta.dirname, 'dist/pages'),
    emptyOutDir: true,
    target: ['chrome120', 'firefox125', 'safari17'],
    // The content security policy has no data: for scripts, styles and fonts.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      input: ['vnc_lite.html', 'serial.html'].map((page) => join(ROOT, page)),
      output: {
        codeSplitting: {
          groups: [
            ...OWN_CHUNKS.map(({ name, files }) => ({ name, test: files })),
            { name: 'shell', test: /[\\/]src[\\/]browser[\\/](session|shell|keyboard)[\\/]/ },
          ],
        },
        postBanner: ({ name }) => {
          const own = OWN_CHUNKS.find((chunk) => chunk.name === name);
          return own === undefined ? '' : `/*! ${own.notice} */`;
        },
      },
    },
  },
  plugins: [licences()],
});

function licences(): Plugin {
  const { resolve } = createRequire(import.meta.url);
  return {
    name: 'licences',
    generateBundle() {
      for (const { name, entry, licences: files } of OWN_CHUNKS) {
        const folder = dirname(resolve(entry));
        const source = files
          .map((file) => readFileSync(join(folder, file), 'utf8').trim())
          .join(`\n\n${'-'.repeat(80)}\n\n`);
        this.emitFile({ type: 'asset', fileName: `licences/${name}.txt`, source: `${source}\n` });
      }
    },
  };
}
