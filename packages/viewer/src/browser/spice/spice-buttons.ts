/** SPICE's numbers of mouse buttons; a wheel that turns is a button that is pressed. */
export const SpiceButton = { left: 1, middle: 2, right: 3, wheelUp: 4, wheelDown: 5 } as const;

/** From `MouseEvent.button`; undefined for a button that SPICE does not have. */
export function spiceButton(button: number): number | undefined {
  return [SpiceButton.left, SpiceButton.middle, SpiceButton.right][button];
}

/** From the browser's order of buttons (left, right, middle) to SPICE's (left, middle, right). */
export function spiceButtons(buttons: number): number {
  return (buttons & 1) | ((buttons & 4) >> 1) | ((buttons & 2) << 1);
}
