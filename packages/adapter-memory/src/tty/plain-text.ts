// biome-ignore lint/suspicious/noControlCharactersInRegex: a control sequence begins with one
const CONTROL_SEQUENCES = /\u001b\[[\d;]*[@-~]/g;

/** A terminal's output without colours and other sequences; lines end in \n. */
export function plainText(output: string): string {
  return output.replace(CONTROL_SEQUENCES, '').replaceAll('\r\n', '\n');
}
