/** Written XML, as opposed to text that still has to be escaped. */
export type Xml = string & { readonly __brand: 'Xml' };

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
  '\r': '&#13;',
};

/**
 * Writes an element around text, which is escaped, or around elements.
 *
 * @param name a literal of the program's own
 * @throws RangeError where the text has a character that XML cannot carry
 */
export function element(
  name: string,
  content: string | readonly Xml[],
  attributes: Readonly<Record<string, string>> = {},
): Xml {
  const written = Object.entries(attributes).map(([key, value]) => ` ${key}="${escapeText(value)}"`);
  const inside = typeof content === 'string' ? escapeText(content) : content.join('');
  return `<${name}${written.join('')}>${inside}</${name}>` as Xml;
}

function escapeText(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what XML 1.0 (§2.2) forbids
  if (/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Surrogate}/u.test(text)) {
    throw new RangeError('text with a character that XML cannot carry');
  }
  return text.replace(/[&<>"'\r]/g, (character) => ESCAPES[character] ?? character);
}
