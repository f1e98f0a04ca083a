/** The part of a terminal's buffer that a log is made of. */
export interface LineBuffer {
  readonly length: number;
  getLine(
    index: number,
  ): { readonly isWrapped: boolean; translateToString(trimRight?: boolean): string } | undefined;
}

/** The text of a terminal with its scrollback, lines that the window wrapped put together again, no empty end. */
export function textOf(buffer: LineBuffer): string {
  const lines: string[] = [];
  for (let index = 0; index < buffer.length; index++) {
    const line = buffer.getLine(index);
    if (line === undefined) continue;
    // A line that goes on below was written to its last column: its spaces at the end are text.
    const goesOn = buffer.getLine(index + 1)?.isWrapped === true;
    const text = line.translateToString(!goesOn);
    if (line.isWrapped && lines.length > 0) lines[lines.length - 1] += text;
    else lines.push(text);
  }
  while (lines.at(-1) === '') lines.pop();
  return lines.length === 0 ? '' : `${lines.join('\n')}\n`;
}

/** A name that is a plain file name on every system: `web-01-2026-03-05T070809Z.log`. */
export function logFileName(machine: string, now: Date): string {
  const name = machine
    .normalize('NFKD')
    .replace(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^[-.]+|[-.]+$/g, '')
    .slice(0, 60);
  const time = now.toISOString().replace(/\.\d+/, '').replaceAll(':', '');
  return `${name === '' ? 'console' : name}-${time}.log`;
}
