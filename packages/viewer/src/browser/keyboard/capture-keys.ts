import { watchConsoleFocus } from './console-focus.js';
import { PressedKeys, type SendPosition } from './pressed-keys.js';

/**
 * Takes every key that is pressed in the stage, by its position, before anything in the stage sees it, and lets go of all
 * of them when the keyboard leaves.
 *
 * @param bar gives the keyboard to the bar
 * @returns the keys that are down on the machine
 */
export function captureKeys(stage: HTMLElement, send: SendPosition, bar: () => void): PressedKeys {
  const pressed = new PressedKeys(send);
  const take = (event: KeyboardEvent): void => {
    event.stopPropagation();
    event.preventDefault();
    if (event.type === 'keydown') pressed.press(event);
    else pressed.release(event);
  };
  stage.addEventListener('keydown', take, { capture: true });
  stage.addEventListener('keyup', take, { capture: true });
  watchConsoleFocus(stage, () => pressed.releaseAll(), bar);
  window.addEventListener('blur', () => pressed.releaseAll());
  return pressed;
}
