import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, extname, join, resolve } from 'node:path';
import { brotliCompressSync, gzipSync, constants as zlib } from 'node:zlib';
import { defineConfig, type Plugin } from 'vite';
import { VIEWER_PAGES, WMKS_PAGE } from './src/viewer-page.js';

/** A library that keeps its own licence: its files stay together in a chunk of their own, that names it. */
interface OwnChunk {
  readonly name: string;
  /** Undefined for what is a file of its own already, because it is loaded when the page runs. */
  readonly files?: RegExp;
  readonly notice: string;
  /** Licence files to ship, relative to the package's main file. */
  readonly licences: readonly string[];
  /** Files whose opening comments are licences. */
  readonly notices?: readonly string[];
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
  {
    name: 'spice-html5',
    notice:
      'spice-html5 0.2.1, Copyright Jeremy P. White and others, LGPL-3.0-or-later, with parts under other licences; unmodified, minified. Source: npm package @spice-project/spice-html5. You may put a changed build of it with the same exports in place of this file. Licences: ../licences/',
    entry: '@spice-project/spice-html5',
    licences: ['../COPYING.LESSER', '../COPYING'],
    notices: ['thirdparty/jsbn.js', 'thirdparty/sha1.js'],
  },
  {
    name: 'iron-rdp',
    notice:
      'IronRDP, npm package @devolutions/iron-remote-desktop-rdp 0.7.0, Copyright Devolutions, MIT or Apache-2.0, here under Apache-2.0; minified, its WebAssembly in a file of its own. Source: https://github.com/Devolutions/IronRDP. Licences: ../licences/',
    entry: '@devolutions/iron-remote-desktop-rdp',
    // The package has no licence file; this project's own is the same text.
    licences: [join(import.meta.dirname, '../../LICENSE')],
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
      input: [...Object.values(VIEWER_PAGES), WMKS_PAGE].map(({ file }) => join(ROOT, file)),
      output: {
        codeSplitting: {
          groups: [
            ...OWN_CHUNKS.flatMap(({ name, files }) => (files === undefined ? [] : [{ name, test: files }])),
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
  plugins: [separateWebAssembly(), licences(), compressedAssets()],
});

/**
 * IronRDP's package holds its WebAssembly as a data: URL in its script: a third larger, nothing to compile while it
 * arrives, and data: in the page's policy. Here it becomes a file.
 */
function separateWebAssembly(): Plugin {
  const literal = /"data:application\/wasm;base64,([A-Za-z0-9+/=]+)"/g;
  return {
    name: 'separate-web-assembly',
    transform(code, id) {
      if (!/[\\/]iron-remote-desktop-rdp\.js$/.test(id)) return undefined;
      const found = [...code.matchAll(literal)];
      const base64 = found[0]?.[1];
      if (found.length !== 1 || base64 === undefined)
        throw new Error(`${id}: ${found.length} WebAssembly modules in it, one was expected`);
      const file = this.emitFile({
        type: 'asset',
        name: 'iron-rdp.wasm',
        source: Buffer.from(base64, 'base64'),
      });
      return { code: code.replace(literal, `import.meta.ROLLUP_FILE_URL_${file}`), map: null };
    },
  };
}

function licences(): Plugin {
  const require = createRequire(import.meta.url);
  return {
    name: 'licences',
    generateBundle() {
      for (const { name, entry, licences: files, notices = [] } of OWN_CHUNKS) {
        const folder = dirname(require.resolve(entry));
        const read = (file: string): string => readFileSync(resolve(folder, file), 'utf8');
        const texts = [...files.map(read), ...notices.map((file) => openingComments(read(file)))];
        const source = texts.map((text) => text.trim()).join(`\n\n${'-'.repeat(80)}\n\n`);
        this.emitFile({ type: 'asset', fileName: `licences/${name}.txt`, source: `${source}\n` });
      }
    },
  };
}

/** Puts a .br and a .gz beside each asset that they make smaller, so that no server has to compress while it serves. */
function compressedAssets(): Plugin {
  return {
    name: 'compressed-assets',
    writeBundle({ dir = '' }, bundle) {
      for (const name of Object.keys(bundle)) {
        if (!name.startsWith('assets/') || !['.css', '.js', '.wasm'].includes(extname(name))) continue;
        const file = join(dir, name);
        const content = readFileSync(file);
        const write = (extension: string, compressed: Buffer): void => {
          if (compressed.length < content.length * 0.9) writeFileSync(`${file}${extension}`, compressed);
        };
        write('.br', brotli(content));
        write('.gz', gzipSync(content, { level: 9 }));
      }
    },
  };
}

function brotli(content: Buffer): Buffer {
  return brotliCompressSync(content, {
    params: {
      // 11 needs ten seconds for the WebAssembly, to save an eighth.
      [zlib.BROTLI_PARAM_QUALITY]: 9,
      [zlib.BROTLI_PARAM_LGWIN]: zlib.BROTLI_MAX_WINDOW_BITS,
      [zlib.BROTLI_PARAM_SIZE_HINT]: content.length,
    },
  });
}

function openingComments(source: string): string {
  return /^(?:\s*(?:\/\/[^\n]*|\/\*[\s\S]*?\*\/))+/.exec(source)?.[0] ?? '';
}
