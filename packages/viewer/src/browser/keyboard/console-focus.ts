import { ReleaseChord } from './release-chord.js';

/**
 * Watches the keyboard leave the console's element, for whatever reason.
 *
 * @param left called after it has: keys still held would otherwise stay down on the machine
 * @param bar gives the keyboard to the bar
 */
export function watchConsoleFocus(stage: HTMLElement, left: () => void, bar: () => void): void {
  const chord = new ReleaseChord();
  const see = (event: KeyboardEvent): void => {
    if (!(event.target instanceof Node) || !stage.contains(event.target)) return;
    if (!chord.sees(event)) return;
    // After the console's own handler has seen the key go up.
    queueMicrotask(bar);
  };
  window.addEventListener('keydown', see, { capture: true });
  window.addEventListener('keyup', see, { capture: true });
  stage.addEventListener('focusout', left);
}
