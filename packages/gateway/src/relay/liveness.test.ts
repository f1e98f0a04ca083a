import { expect, test } from 'vitest';
import { Liveness } from './liveness.js';
import type { Relay } from './relay.js';

const RULES = { ping: 25_000, lost: 75_000, idle: 0 };

function relay() {
  const viewer = {
    answersPings: true,
    bytesRead: 0,
    flushes: 0,
    pending: false,
    paused: false,
    pings: 0,
    ping,
  };
  function ping() {
    viewer.pings++;
  }
  return { viewer, bytesUp: 0, bytesDown: 0 };
}

type Fake = ReturnType<typeof relay>;
/** Looks every second for so many seconds. */
function watch(subject: Fake, seconds: number, each: (second: number) => void = () => {}, rules = RULES) {
  const liveness = new Liveness(0);
  for (let second = 1; second <= seconds; second++) {
    each(second);
    const state = liveness.check(subject as unknown as Relay, rules, second * 1000);
    if (state !== 'alive') return { state, second, liveness };
  }
  return { state: 'alive', second: seconds, liveness };
}

test('a silent viewer is pinged every 25 s and lost after 75 s', () => {
  const subject = relay();
  expect(watch(subject, 200)).toMatchObject({ state: 'lost', second: 75 });
  expect(subject.viewer.pings).toBe(2);
});

test('one that answers lives', () => {
  const subject = relay();
  const answer = () => {
    subject.viewer.bytesRead = subject.viewer.pings * 6;
  };
  expect(watch(subject, 1000, answer).state).toBe('alive');
});

test('one that takes what waits for it lives, however late its pong is', () => {
  const subject = relay();
  subject.viewer.pending = true;
  const slow = (second: number) => {
    if (second % 60 === 0) subject.viewer.flushes++;
  };
  expect(watch(subject, 1000, slow).state).toBe('alive');
});

test('one that is sent to without an answer is lost: the kernel takes bytes for a dead viewer too', () => {
  const subject = relay();
  const send = () => {
    subject.viewer.flushes++;
    subject.bytesDown += 100;
  };
  expect(watch(subject, 1000, send)).toMatchObject({ state: 'lost', second: 75 });
});

test('one that we do not read, or that cannot be pinged, is not lost', () => {
  const [unread, raw] = [relay(), relay()];
  unread.viewer.paused = true;
  raw.viewer.answersPings = false;
  expect(watch(unread, 1000).state).toBe('alive');
  expect(watch(raw, 1000).state).toBe('alive');
});

test('idle is a time without a byte either way, and off where it is 0', () => {
  const subject = relay();
  const rules = { ...RULES, lost: 1e9, idle: 30_000 };
  const until100 = (second: number) => {
    if (second <= 50) subject.bytesDown++;
    else if (second <= 100) subject.bytesUp++;
  };
  const { state, second, liveness } = watch(subject, 1000, until100, rules);
  expect({ state, second }).toEqual({ state: 'idle', second: 130 });
  expect(liveness.lastActivity).toBe(100_000);
});
