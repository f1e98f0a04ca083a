import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { runServerProgram } from './run-server.js';

const FILE = fileURLToPath(new URL('../../../docs/api.md', import.meta.url));
const ADDRESS = '127.0.0.1:18779';
const SAMPLE = /```http\n([\s\S]*?)```\n\n```json\n([\s\S]*?)```/g;

/** Sends a request as it stands in the documentation. */
async function send(request: string): Promise<string> {
  const [head = '', body = ''] = request.split('\n\n');
  const [line = '', ...fields] = head.trim().split('\n');
  const [method = '', path = ''] = line.split(' ');
  const headers = Object.fromEntries(fields.map((field) => field.split(': ') as [string, string]));
  const response = await fetch(`http://${ADDRESS}${path}`, {
    method,
    headers: { ...headers, 'Content-Type': 'application/json' },
    ...(body.trim() !== '' && { body: body.trim() }),
  });
  return `${JSON.stringify(stable(await response.json()), undefined, 2)}\n`;
}

/** What differs from run to run is shown as if it did not. */
function stable(value: unknown): unknown {
  const text = JSON.stringify(value)
    .replaceAll(ADDRESS, '127.0.0.1:8774')
    .replaceAll(/(token(?:=|%3D))[0-9a-f-]{36}/g, '$10b6d4a52-6f0b-4b0e-9d0c-2f3a8a7c1e11');
  return JSON.parse(text);
}

it('answers as docs/api.md shows; UPDATE_DOCS=1 writes the answers into it', async () => {
  const document = await readFile(FILE, 'utf8');
  const demo = await runServerProgram(['demo', '--listen', ADDRESS], 'Stop with Ctrl-C');
  try {
    let written = document;
    for (const [sample, request = '', shown = ''] of document.matchAll(SAMPLE)) {
      const answer = await send(request);
      written = written.replace(sample, () =>
        sample.replace(`\`\`\`json\n${shown}`, () => `\`\`\`json\n${answer}`),
      );
      if (process.env['UPDATE_DOCS'] !== '1') expect(JSON.parse(shown)).toEqual(JSON.parse(answer));
    }
    if (process.env['UPDATE_DOCS'] === '1') await writeFile(FILE, written);
  } finally {
    await demo.stop();
  }
});
