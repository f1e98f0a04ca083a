import { barButton } from './panel.js';

/** The Keyboard Lock API, where a browser has it (https://wicg.github.io/keyboard-lock/). */
interface KeyboardLock {
  lock(): Promise<void>;
  unlock(): void;
}

function keyboardLock(): KeyboardLock | undefined {
  return Reflect.get(navigator, 'keyboard') as KeyboardLock | undefined;
}

/**
 * The full screen button: the whole page, with the system's own keys going to the machine where the browser can.
 *
 * @param entered called once it is on
 */
export function fullScreenButton(say: (text: string) => void, entered: () => void): HTMLButtonElement {
  const button = barButton('fullScreen', 'Full screen');
  button.hidden = !document.fullscreenEnabled;
  button.addEventListener('click', () => {
    void (document.fullscreenElement === null ? enter(say, entered) : document.exitFullscreen());
  });
  document.addEventListener('fullscreenchange', () => {
    const on = document.fullscreenElement !== null;
    button.setAttribute('aria-pressed', String(on));
    if (!on) keyboardLock()?.unlock();
  });
  return button;
}

async function enter(say: (text: string) => void, entered: () => void): Promise<void> {
  try {
    await document.documentElement.requestFullscreen({ navigationUI: 'hide' });
  } catch {
    say('The browser did not allow full screen.');
    return;
  }
  entered();
  try {
    const lock = keyboardLock();
    await lock?.lock();
    say(lock === undefined ? 'Press Esc to leave full screen.' : 'Hold Esc to leave full screen.');
  } catch {
    say('Press Esc to leave full screen.');
  }
}
