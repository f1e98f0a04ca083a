import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PressedKeys } from './pressed-keys.js';

/** Plays `+KeyA@12` (down at 12 ms) and `-KeyA@13`; `!` is the keyboard leaving the console. */
function play(steps: string): string[] {
  const sent: string[] = [];
  const keys = new PressedKeys((code, down) => sent.push(`${down ? '+' : '-'}${code}`));
  for (const step of steps.split(' ')) {
    const [code = '', time = '0'] = step.slice(1).split('@');
    const event = { code, timeStamp: Number(time) };
    if (step === '!') keys.releaseAll();
    else if (step.startsWith('+')) keys.press(event);
    else keys.release(event);
  }
  return sent;
}

describe('pressed keys', () => {
  it('pass as they are, repeats too', () => {
    expect(play('+KeyA +KeyA -KeyA')).toEqual(['+KeyA', '+KeyA', '-KeyA']);
  });

  it('go up when the keyboard leaves, once', () => {
    expect(play('+ControlLeft +KeyA ! -KeyA -ControlLeft')).toEqual([
      '+ControlLeft',
      '+KeyA',
      '-ControlLeft',
      '-KeyA',
    ]);
  });

  it('make one AltGr of the two keys that Windows reports', () => {
    expect(play('+ControlLeft@100 +AltRight@101 +KeyQ@200 -KeyQ@210 -ControlLeft@300 -AltRight@301')).toEqual(
      ['+ControlLeft', '-ControlLeft', '+AltRight', '+KeyQ', '-KeyQ', '-AltRight'],
    );
  });

  it('leave Ctrl alone that was held long before AltGr', () => {
    expect(play('+ControlLeft@100 +AltRight@900 -AltRight@950 -ControlLeft@999')).toEqual([
      '+ControlLeft',
      '+AltRight',
      '-AltRight',
      '-ControlLeft',
    ]);
  });

  it('go up with Command, under which macOS forgets to report them', () => {
    expect(play('+MetaLeft +KeyC -MetaLeft')).toEqual(['+MetaLeft', '+KeyC', '-MetaLeft', '-KeyC']);
  });

  it('never stay down after the keyboard left', () => {
    const step = fc.tuple(
      fc.constantFrom('+', '-'),
      fc.constantFrom('KeyA', 'ControlLeft', 'AltRight', 'MetaLeft', ''),
      fc.nat(100),
    );
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        const down = new Set<string>();
        for (const sent of play(
          [...steps.map(([sign, code, time]) => `${sign}${code}@${time}`), '!'].join(' '),
        )) {
          if (sent.startsWith('+')) down.add(sent.slice(1));
          else down.delete(sent.slice(1));
        }
        expect([...down]).toEqual([]);
      }),
    );
  });
});
