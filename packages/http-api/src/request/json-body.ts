import { isUtf8 } from 'node:buffer';
import { malformedBody } from '../fault/api-fault.js';

/** How deep a body may nest; Nova itself fails somewhere below 1000. */
const MAX_DEPTH = 512;

/** A request body, parsed; the text is kept because messages quote numbers as they were written. */
export interface JsonBody {
  readonly value: unknown;
  readonly text: string;
}

/** What Nova makes of a request without a body. */
export const NO_BODY: JsonBody = { value: null, text: 'null' };

/** @throws ApiFault 400 for anything but well-nested JSON in UTF-8 */
export function parseJsonBody(bytes: Buffer): JsonBody {
  if (!isUtf8(bytes)) throw malformedBody();
  const text = bytes.toString('utf8');
  if (text.length > MAX_DEPTH && depthOf(text) > MAX_DEPTH) throw malformedBody();
  try {
    return { value: JSON.parse(text), text };
  } catch {
    throw malformedBody();
  }
}

function depthOf(text: string): number {
  let deepest = 0;
  let depth = 0;
  let quoted = false;
  for (let at = 0; at < text.length; at++) {
    const char = text[at];
    if (quoted && char === '\\') at++;
    else if (char === '"') quoted = !quoted;
    else if (!quoted && (char === '[' || char === '{')) deepest = Math.max(deepest, ++depth);
    else if (!quoted && (char === ']' || char === '}')) depth--;
  }
  return deepest;
}
