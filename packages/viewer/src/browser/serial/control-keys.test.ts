import { expect, it } from 'vitest';
import { CONTROL_KEYS, sizeCommand } from './control-keys.js';

it('send what a terminal sends for these keys', () => {
  for (const { label, bytes } of CONTROL_KEYS.filter(({ label: text }) => text.startsWith('Ctrl '))) {
    expect(bytes).toBe(String.fromCharCode((label.at(-1) ?? '').charCodeAt(0) & 0x1f));
  }
});

it('says the size as a command that a history leaves out', () => {
  expect(sizeCommand(40, 132)).toBe(' stty rows 40 cols 132\r');
});
