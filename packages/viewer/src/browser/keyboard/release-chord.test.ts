import { expect, it } from 'vitest';
import { type ChordEvent, ReleaseChord } from './release-chord.js';

/** Plays `+Control` (down) and `-Control` (up) as a browser reports them. */
function play(keys: string, altGraph = false): boolean {
  const chord = new ReleaseChord();
  const down = new Set<string>();
  return keys.split(' ').some((step) => {
    const key = step.slice(1);
    if (step.startsWith('+')) down.add(key);
    else down.delete(key);
    const event: ChordEvent = {
      type: step.startsWith('+') ? 'keydown' : 'keyup',
      key,
      ctrlKey: down.has('Control'),
      altKey: down.has('Alt'),
      shiftKey: down.has('Shift'),
      getModifierState: () => altGraph,
    };
    return chord.sees(event);
  });
}

it.each([['+Control +Alt +Shift -Alt'], ['+Shift +Alt +Control -Shift']])('fires on %s', (keys) => {
  expect(play(keys)).toBe(true);
});

it.each([
  ['+Control +Alt -Alt -Control'],
  ['+Control +Alt +Shift +t -t -Shift -Alt -Control'],
  ['+Control +Alt +Shift'],
  ['+Control -Control +Alt -Alt +Shift -Shift'],
])('does not fire on %s', (keys) => {
  expect(play(keys)).toBe(false);
});

it('leaves AltGr, which a browser reports as Control and Alt, alone', () => {
  expect(play('+Control +Alt +Shift -Shift', true)).toBe(false);
});
