import {
  type Explanation,
  explainRefusal,
  GATEWAY_UNREACHABLE,
  OFFLINE,
  type RefusalAnswer,
} from './explanation.js';

const ANSWER_TIMEOUT_MS = 8_000;
const ANSWER_BYTES = 16 * 1024;

/** What asking needs of the browser. */
export interface Network {
  readonly fetch: typeof fetch;
  readonly onLine: () => boolean;
}

/**
 * A browser hides the status of a WebSocket handshake that failed. The gateway therefore answers a plain GET of the
 * same URL with the status and, as JSON `{"error": {"code", "message"}}`, the reason that the socket was refused for.
 * Never throws.
 */
export async function askWhyRefused(url: URL, network: Network): Promise<Explanation> {
  if (!network.onLine()) return OFFLINE;
  try {
    const response = await network.fetch(url, {
      headers: { accept: 'application/json' },
      cache: 'no-store',
      redirect: 'error',
      referrerPolicy: 'no-referrer',
      signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
    });
    const requestId = response.headers.get('x-openstack-request-id');
    return explainRefusal({
      status: response.status,
      ...errorIn(await boundedText(response)),
      ...(requestId === null ? {} : { requestId }),
    });
  } catch {
    return GATEWAY_UNREACHABLE;
  }
}

async function boundedText(response: Response): Promise<string> {
  const reader = response.body?.getReader();
  if (reader === undefined) return '';
  const decoder = new TextDecoder();
  let text = '';
  let bytes = 0;
  while (bytes <= ANSWER_BYTES) {
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    bytes += value.length;
    text += decoder.decode(value, { stream: true });
  }
  await reader.cancel();
  return '';
}

function errorIn(body: string): Pick<RefusalAnswer, 'code' | 'message'> {
  const error = property(parseJson(body), 'error');
  const code = property(error, 'code');
  const message = property(error, 'message');
  return {
    ...(typeof code === 'string' ? { code } : {}),
    ...(typeof message === 'string' ? { message } : {}),
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function property(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}
