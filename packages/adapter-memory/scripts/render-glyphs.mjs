// Renders the console's glyphs into src/picture/glyphs.ts:
//   node scripts/render-glyphs.mjs REGULAR.ttf BOLD.ttf CHROMIUM
// The result that is checked in was made from DejaVu Sans Mono; see glyphs.ts for its licence.
import { readFileSync, writeFileSync } from 'node:fs';
import { deflateSync } from 'node:zlib';
import { chromium } from 'playwright-core';

const ascii = Array.from({ length: 95 }, (_, i) => String.fromCharCode(32 + i)).join('');
const faces = [
  {
    name: 'TEXT',
    file: process.argv[2],
    size: 15,
    width: 9,
    height: 18,
    baseline: 14,
    characters: `${ascii}·×…→`,
  },
  { name: 'TITLE', file: process.argv[3], size: 28, width: 17, height: 34, baseline: 26, characters: ascii },
];

const browser = await chromium.launch({
  executablePath: process.argv[4],
  args: ['--no-sandbox', '--disable-gpu', '--disable-lcd-text', '--font-render-hinting=full'],
});
const page = await browser.newPage();
const parts = [];
for (const face of faces) {
  const coverage = await page.evaluate(draw, { ...face, data: readFileSync(face.file).toString('base64') });
  const nibbles = new Uint8Array(coverage.length / 2);
  coverage.forEach((value, i) => {
    nibbles[i >> 1] |= Math.round(value / 17) << (i % 2 === 0 ? 4 : 0);
  });
  const text = deflateSync(nibbles, { level: 9 }).toString('base64');
  const lines = text.match(/.{1,100}/g).map((line) => `    '${line}',`);
  parts.push(`export const ${face.name}: GlyphSheet = {
  width: ${face.width},
  height: ${face.height},
  characters: ${JSON.stringify(face.characters).replaceAll("'", "\\'").replace(/^"|"$/g, "'").replaceAll('\\"', '"')},
  deflated: [
${lines.join('\n')}
  ],
};
`);
}
await browser.close();
const file = new URL('../src/picture/glyphs.ts', import.meta.url);
const head = readFileSync(file, 'utf8').split('// Generated below')[0];
writeFileSync(file, `${head}// Generated below by scripts/render-glyphs.mjs.\n\n${parts.join('\n')}`);

/** Runs in the page: the coverage (0 to 255) of every pixel of every glyph, glyph by glyph, row by row. */
async function draw({ data, size, width, height, baseline, characters }) {
  const bytes = Uint8Array.from(atob(data), (c) => c.charCodeAt(0));
  document.fonts.add(await new FontFace('sheet', bytes).load());
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d', { alpha: false });
  const coverage = [];
  for (const character of characters) {
    context.fillStyle = '#000';
    context.fillRect(0, 0, width, height);
    context.fillStyle = '#fff';
    context.font = `${size}px sheet`;
    context.fillText(character, 0, baseline);
    const pixels = context.getImageData(0, 0, width, height).data;
    for (let i = 0; i < pixels.length; i += 4) coverage.push(pixels[i + 1]);
  }
  return coverage;
}
