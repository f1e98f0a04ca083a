import { expect, test } from 'vitest';
import { ConsoleTimeout, Opening, ViewerLeft } from './opening.js';

const never = () => new Promise<string>(() => {});
const drop = () => {};

test('a step gives its result, or its own error', async () => {
  const opening = new Opening();
  expect(await opening.step('it', 1000, async () => 'done', drop)).toBe('done');
  await expect(opening.step('it', 1000, async () => Promise.reject(new Error('own')), drop)).rejects.toThrow(
    'own',
  );
});

test('a late step is a timeout that names it, and its result is discarded when it comes', async () => {
  const opening = new Opening();
  let finish: (result: string) => void = drop;
  const slow = () =>
    new Promise<string>((resolve) => {
      finish = resolve;
    });
  const discarded: string[] = [];
  const step = opening.step('finding it', 5, slow, (late) => void discarded.push(late));
  await expect(step).rejects.toThrow(ConsoleTimeout);
  await expect(step).rejects.toThrow('finding it took too long');
  finish('late');
  await new Promise((resolve) => setImmediate(resolve));
  expect(discarded).toEqual(['late']);
  expect(opening.signal.aborted).toBe(true);
});

test('giving up ends the step under way and lets no other begin', async () => {
  const opening = new Opening();
  const step = opening.step('it', 60_000, never, drop);
  opening.giveUp(new ViewerLeft('viewer-left'));
  await expect(step).rejects.toThrow(ViewerLeft);
  let begun = false;
  const next = opening.step(
    'more',
    1000,
    async () => {
      begun = true;
    },
    drop,
  );
  await expect(next).rejects.toThrow(ViewerLeft);
  expect(begun).toBe(false);
});

test('a late error of a step that nobody waits for is no unhandled rejection', async () => {
  const opening = new Opening();
  const failing = () => new Promise<void>((_, reject) => setTimeout(() => reject(new Error('late')), 10));
  await expect(opening.step('it', 1, failing, drop)).rejects.toThrow(ConsoleTimeout);
  await new Promise((resolve) => setTimeout(resolve, 20));
});
