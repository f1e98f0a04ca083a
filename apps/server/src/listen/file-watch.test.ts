import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FileWatch } from './file-watch.js';

const INTERVAL = 20;

let directory: string;
let watch: FileWatch;
let calls: number;
const file = (name: string) => join(directory, name);
const write = (name: string, text: string) => writeFileSync(file(name), text);

function replace(name: string, text: string): void {
  write('new', text);
  renameSync(file('new'), file(name));
}

/** As Kubernetes lays out a secret: files are links into a folder that a link leads to. */
function kubernetesSecret(version: string): void {
  mkdirSync(file(version));
  write(`${version}/tls.crt`, version);
  symlinkSync(version, file('..data_tmp'));
  renameSync(file('..data_tmp'), file('..data'));
}

async function watchFiles(...names: string[]): Promise<void> {
  calls = 0;
  watch = await FileWatch.start(names.map(file), INTERVAL, () => {
    calls++;
  });
}

const called = (times: number) => expect.poll(() => calls, { timeout: 3000, interval: 5 }).toBe(times);

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'file-watch-'));
  write('a', 'one');
  write('b', 'one');
});
afterEach(() => {
  watch.close();
  rmSync(directory, { recursive: true });
});

describe('a watch over files', () => {
  it('is silent while nothing changes', async () => {
    await watchFiles('a', 'b');
    await sleep(10 * INTERVAL);
    expect(calls).toBe(0);
  });

  it.each<[string, () => void]>([
    ['is written to, to the same length', () => write('a', 'two')],
    ['grows', () => write('b', 'one and more')],
    ['is replaced by renaming', () => replace('a', 'one')],
    ['is removed', () => unlinkSync(file('b'))],
  ])('tells once when a file %s', async (_, change) => {
    await watchFiles('a', 'b');
    change();
    await called(1);
    await sleep(5 * INTERVAL);
    expect(calls).toBe(1);
  });

  it('tells when a link far up leads elsewhere', async () => {
    kubernetesSecret('v1');
    symlinkSync('..data/tls.crt', file('tls.crt'));
    await watchFiles('tls.crt');
    kubernetesSecret('v2');
    await called(1);
    kubernetesSecret('v3');
    await called(2);
  });

  it('finds a file that comes later', async () => {
    await watchFiles('later');
    write('later', 'x');
    await called(1);
  });

  it('waits until the change is over', async () => {
    await watchFiles('a', 'b');
    for (let round = 0; round < 12; round++) {
      write(round % 2 === 0 ? 'a' : 'b', `round ${round}`);
      await sleep(INTERVAL / 2);
    }
    const during = calls;
    await called(during + 1);
    expect(during).toBeLessThan(3);
  });

  it('is silent once closed', async () => {
    await watchFiles('a');
    watch.close();
    write('a', 'two');
    await sleep(5 * INTERVAL);
    expect(calls).toBe(0);
  });
});
