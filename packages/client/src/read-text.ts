import { ClientError } from './client-error.js';

/** No answer of the API comes near this, bytes. */
const MAX_SIZE = 64 * 1024 * 1024;

/** @throws ClientError `unexpected-answer` where the body has no reasonable end */
export async function readText(response: Response): Promise<string> {
  if (!response.body) return '';
  const decoder = new TextDecoder();
  const reader = response.body.getReader();
  let text = '';
  let size = 0;
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    size += part.value.length;
    if (size > MAX_SIZE) {
      await reader.cancel();
      throw new ClientError('unexpected-answer', `the answer is larger than ${MAX_SIZE} bytes`);
    }
    text += decoder.decode(part.value, { stream: true });
  }
  return text + decoder.decode();
}
