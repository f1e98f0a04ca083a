import { describe, expect, it } from 'vitest';
import { type LockEvent, LockKeys } from './lock-keys.js';

const key = (code: string, ...on: string[]): LockEvent => ({
  code,
  getModifierState: (name) => on.includes(name),
});

describe('the lamps of the keyboard', () => {
  it('are told with the first key only', () => {
    const locks = new LockKeys();
    const lamps = { scroll: false, num: true, caps: true, kana: false };
    expect(locks.news(key('KeyA', 'CapsLock', 'NumLock'))).toEqual(lamps);
    expect(locks.news(key('KeyB'))).toBeUndefined();
  });

  it('are told again once the keyboard was elsewhere', () => {
    const locks = new LockKeys();
    locks.news(key('KeyA'));
    locks.forget();
    expect(locks.news(key('KeyA', 'ScrollLock'))).toMatchObject({ scroll: true, caps: false });
  });

  it('are not read from a lock key itself, whose state is in doubt', () => {
    const locks = new LockKeys();
    expect(locks.news(key('CapsLock', 'CapsLock'))).toBeUndefined();
    expect(locks.news(key('KeyA', 'CapsLock'))).toMatchObject({ caps: true });
  });
});
