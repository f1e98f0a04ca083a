/** Longer than any id. */
const MAX_LENGTH = 255;

/** Whether something could have this id. What cannot be is not looked for. */
export function isPossibleId(text: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a NUL would end the id in a C library
  return text.length <= MAX_LENGTH && !/[\u0000-\u001f\u007f]/.test(text);
}
