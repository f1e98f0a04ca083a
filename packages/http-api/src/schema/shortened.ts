/** How many characters of one value a message repeats; what a client sent may be 100 KB long. */
export const ECHO_LIMIT = 1024;

/** The text itself, or its first {@link ECHO_LIMIT} characters and `...`. */
export function shortened(text: string): string {
  if (text.length <= ECHO_LIMIT) return text;
  const cut = text.slice(0, ECHO_LIMIT);
  return `${/[\ud800-\udbff]$/.test(cut) ? cut.slice(0, -1) : cut}...`;
}
