import { readFileSync, statSync } from 'node:fs';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { VIEWER_PAGES, type ViewerPage, viewerFiles } from '../dist/index.js';

const files = viewerFiles();
const pages = [...files.values()].filter(({ kind }) => kind === 'page');
const text = (path: string) => readFileSync(files.get(path)?.file ?? expect.fail(`no ${path}`), 'utf8');

describe('the files to serve', () => {
  it('hold every page at every path', () => {
    const paths = Object.values<ViewerPage>(VIEWER_PAGES).flatMap((page) => page.paths);
    expect(pages.map(({ path }) => path)).toEqual(paths);
  });

  it.each(pages.map(({ path }) => path))(
    'hold all that %s loads, by a path that a prefix cannot break',
    (path) => {
      const loaded = [...text(path).matchAll(/(?:src|href)="([^"]+)"/g)].map(([, address]) => address ?? '');
      expect(loaded.length).toBeGreaterThan(2);
      for (const address of loaded) {
        expect(address).toMatch(/^\.\//);
        expect(files.has(new URL(address, `http://x${path}`).pathname)).toBe(true);
      }
    },
  );

  it('have nothing inline in a page', () => {
    for (const { path } of pages)
      expect(text(path)).not.toMatch(/<script(?![^>]*src=)|<style|\son\w+=|\sstyle=/);
  });

  it('are kept for ever only where the name changes with the content', () => {
    for (const { path, kind, headers } of files.values()) {
      const hashed = /-[\w-]{8}\.\w+$/.test(path);
      const cache =
        kind === 'page' ? 'no-store' : hashed ? 'public, max-age=31536000, immutable' : 'no-cache';
      expect(headers['Cache-Control'], path).toBe(cache);
      expect(headers['Content-Type'], path).not.toBe('application/octet-stream');
      expect(headers['X-Content-Type-Options'], path).toBe('nosniff');
    }
  });

  it('are there compressed, the smallest first', () => {
    const decompress = { br: brotliDecompressSync, gzip: gunzipSync };
    const large = [...files.values()].filter(
      ({ file }) => /\.(js|css|wasm)$/.test(file) && statSync(file).size > 2000,
    );
    expect(large.length).toBeGreaterThan(8);
    for (const { path, file, compressed, headers } of large) {
      expect(
        compressed.map(({ encoding }) => encoding),
        path,
      ).toEqual(['br', 'gzip']);
      expect(headers['Vary'], path).toBe('Accept-Encoding');
      const sizes = compressed.map((variant) => statSync(variant.file).size);
      expect([...sizes, statSync(file).size], path).toEqual(
        [...sizes, statSync(file).size].sort((a, b) => a - b),
      );
      for (const variant of compressed)
        expect(
          decompress[variant.encoding](readFileSync(variant.file)).equals(readFileSync(file)),
          path,
        ).toBe(true);
    }
    expect([...files.keys()].filter((path) => /\.(br|gz)$/.test(path))).toEqual([]);
  });

  it('say whose spice-html5 is, and have it in a file of its own that can be replaced', () => {
    const chunk =
      [...files.keys()].find((path) => path.startsWith('/assets/spice-html5-')) ?? expect.fail('no chunk');
    expect(text(chunk)).toMatch(/^\/\*! spice-html5 0\.2\.1.+LGPL-3\.0-or-later/);
    for (const name of ['Constants', 'SpiceMainConn', 'SpiceMiniData', 'SpiceMsgcKeyDown']) {
      expect(text(chunk)).toMatch(new RegExp(`export\\{.*\\b${name}\\b`));
    }
    const licences = text('/licences/spice-html5.txt');
    for (const words of ['GNU LESSER GENERAL PUBLIC LICENSE', 'Tom Wu', 'Paul Johnston'])
      expect(licences).toContain(words);
  });

  it('say whose IronRDP is, and have its WebAssembly in a file of its own', () => {
    const chunk =
      [...files.keys()].find((path) => /^\/assets\/iron-rdp-.+\.js$/.test(path)) ?? expect.fail('no chunk');
    expect(text(chunk)).toMatch(/^\/\*! IronRDP.+0\.7\.0.+Apache-2\.0/);
    expect(text(chunk)).not.toContain('data:application/wasm');
    expect(text('/licences/iron-rdp.txt')).toContain('Apache License');
    const wasm = [...files].find(([path]) => path.endsWith('.wasm'))?.[1];
    expect(wasm?.headers['Content-Type']).toBe('application/wasm');
  });

  it('say whose noVNC is, and under which licence', () => {
    const chunk =
      [...files.keys()].find((path) => path.startsWith('/assets/novnc-')) ?? expect.fail('no noVNC chunk');
    expect(text(chunk)).toMatch(/^\/\*! noVNC 1\.7\.0.+MPL-2\.0/);
    expect(text('/licences/novnc.txt')).toContain('Mozilla Public License Version 2.0');
  });
});

it.each([["'self'; script-src *"], ['a b'], [''], ['a\r\nb'], ['a,b']])(
  '%j cannot slip into the policy',
  (source) => {
    expect(() => viewerFiles({ frameAncestors: [source] })).toThrow(/frame-ancestors/);
  },
);
