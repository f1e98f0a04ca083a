import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FairShare, Flow, LARGEST_READ } from './fair-share.js';

/** A share whose clock and turns the test moves. */
function shareAt() {
  let now = 0;
  const turns: (() => void)[] = [];
  const share = new FairShare(
    () => now,
    (callback) => turns.push(callback),
  );
  return {
    share,
    pass: (ms: number) => {
      now += ms;
    },
    turn: () => {
      for (const callback of turns.splice(0)) callback();
    },
    turnsDue: () => turns.length,
  };
}

function flow(weight = 1) {
  const made = { resumed: 0, flow: new Flow({}, weight, () => void made.resumed++) };
  return made;
}

test('a session that is alone is never stopped, and costs no turns', () => {
  const { share, turnsDue, pass } = shareAt();
  const { flow: alone } = flow();
  for (let i = 0; i < 1000; i++) {
    expect(share.spend(alone, LARGEST_READ)).toBe(true);
    pass(0.01);
  }
  expect(turnsDue()).toBe(0);
});

test('both directions of one session are not others to each other', () => {
  const { share } = shareAt();
  const session = {};
  const [down, up] = [new Flow(session, 1, () => {}), new Flow(session, 4, () => {})];
  for (let i = 0; i < 100; i++) {
    expect(share.spend(down, LARGEST_READ)).toBe(true);
    expect(share.spend(up, LARGEST_READ)).toBe(true);
  }
});

test('beside another, a session gets 64 KiB per turn and goes on in the next', () => {
  const { share, turn } = shareAt();
  const [a, b] = [flow(), flow()];
  share.spend(a.flow, 100);
  expect(share.spend(b.flow, 40_000)).toBe(true);
  expect(share.spend(b.flow, 40_000)).toBe(false);
  expect(b.resumed).toBe(0);
  turn();
  expect(b.resumed).toBe(1);
  expect(share.spend(b.flow, 40_000)).toBe(true);
});

test('a heavier flow gets more per turn', () => {
  const { share } = shareAt();
  const [a, upload] = [flow(), flow(4)];
  share.spend(a.flow, 1);
  for (let i = 0; i < 3; i++) expect(share.spend(upload.flow, LARGEST_READ)).toBe(true);
  expect(share.spend(upload.flow, LARGEST_READ)).toBe(false);
});

test('while someone types, reads are a quarter as large', () => {
  const { share, pass } = shareAt();
  const [a, b] = [flow(), flow()];
  share.spend(a.flow, 1);
  share.typed();
  expect(share.spend(b.flow, 10_000)).toBe(true);
  expect(share.readLimit).toBe(LARGEST_READ / 4);
  expect(share.spend(b.flow, 10_000)).toBe(false);
  pass(200);
  share.spend(a.flow, 1);
  expect(share.spend(b.flow, 1)).toBe(true);
  expect(share.readLimit).toBe(LARGEST_READ);
});

test('one that waits for its bytes to be sent counts for the others, and is not resumed by a turn', () => {
  const { share, turn } = shareAt();
  const [sending, other] = [flow(), flow()];
  expect(share.note(sending.flow, LARGEST_READ)).toBe(true);
  share.typed();
  expect(share.spend(other.flow, LARGEST_READ)).toBe(false);
  expect(share.note(sending.flow, LARGEST_READ)).toBe(false);
  expect(share.readLimit).toBe(LARGEST_READ / 4);
  turn();
  expect([sending.resumed, other.resumed]).toEqual([0, 1]);
});

test('a session is alone again soon after the others fell silent', () => {
  const { share, pass, turn } = shareAt();
  const [a, b] = [flow(), flow()];
  share.spend(a.flow, 1);
  expect(share.spend(b.flow, LARGEST_READ)).toBe(false);
  turn();
  pass(10);
  for (let i = 0; i < 10; i++) expect(share.spend(b.flow, LARGEST_READ)).toBe(true);
});

test('whoever is stopped is resumed exactly once, in the next turn', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(4), fc.integer({ min: 1, max: 70_000 }), fc.boolean())), (steps) => {
      const { share, turn } = shareAt();
      const flows = [flow(), flow(), flow(), flow(), flow()];
      const stopped = new Set<number>();
      for (const [index, bytes, turnAfter] of steps) {
        const one = flows[index] ?? flow();
        if (!stopped.has(index) && !share.spend(one.flow, bytes)) stopped.add(index);
        if (!turnAfter) continue;
        const before = flows.map(({ resumed }) => resumed);
        turn();
        for (const [i, { resumed }] of flows.entries()) {
          expect(resumed - (before[i] ?? 0)).toBe(stopped.has(i) ? 1 : 0);
        }
        stopped.clear();
      }
    }),
  );
});
