import { ClientError, codeOf } from './client-error.js';
import type { Json } from './json.js';
import { readText } from './read-text.js';

/** Where the API is and how it is asked. */
export interface ApiAddress {
  /** Without a trailing slash. */
  readonly endpoint: string;
  readonly token: () => string | Promise<string>;
  readonly fetch: typeof globalThis.fetch;
  /** ms */
  readonly timeout: number;
}

export interface ApiQuestion {
  readonly method: 'GET' | 'POST';
  /** Below the endpoint, with a leading slash; every variable part percent-encoded. */
  readonly path: string;
  readonly microversion: string;
  readonly body?: object;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Asks the API and returns the body of its answer.
 *
 * @throws ClientError; the signal's reason where the caller aborts
 */
export async function askApi(api: ApiAddress, question: ApiQuestion): Promise<Json> {
  const deadline = AbortSignal.timeout(api.timeout);
  const signal = question.signal ? AbortSignal.any([question.signal, deadline]) : deadline;
  try {
    const response = await send(api, question, signal);
    return understood(response, await readText(response));
  } catch (error) {
    question.signal?.throwIfAborted();
    if (error instanceof ClientError) throw error;
    if (deadline.aborted) {
      throw new ClientError('timed-out', `the API did not answer within ${api.timeout} ms`, { cause: error });
    }
    throw new ClientError('unreachable', `cannot reach the API at ${new URL(api.endpoint).origin}`, {
      cause: error,
    });
  }
}

async function send(
  { endpoint, token, fetch }: ApiAddress,
  { method, path, microversion, body }: ApiQuestion,
  signal: AbortSignal,
): Promise<Response> {
  return fetch(endpoint + path, {
    method,
    headers: {
      'X-Auth-Token': await token(),
      'OpenStack-API-Version': `compute ${microversion}`,
      'X-OpenStack-Nova-API-Version': microversion,
      Accept: 'application/json',
      ...(body && { 'Content-Type': 'application/json' }),
    },
    ...(body && { body: JSON.stringify(body) }),
    // A redirect would carry the token to wherever it leads: fetch drops only the headers that it knows.
    redirect: 'error',
    credentials: 'omit',
    cache: 'no-store',
    referrerPolicy: 'no-referrer',
    signal,
  });
}

function understood(response: Response, text: string): Json {
  const { status } = response;
  const requestId = response.headers.get('x-openstack-request-id') ?? undefined;
  const json = parsed(text);
  if (status === 200 && json !== undefined) return json;
  const code = status === 200 ? 'unexpected-answer' : codeOf(status);
  throw new ClientError(code, faultMessage(json) ?? `the API answered with status ${status}`, {
    status,
    requestId,
  });
}

/** A fault is an object whose only member has a message. */
function faultMessage(json: Json): string | undefined {
  const [fault]: readonly Json[] = typeof json === 'object' && json !== null ? Object.values(json) : [];
  if (typeof fault !== 'object' || fault === null || !('message' in fault)) return undefined;
  return typeof fault.message === 'string' ? fault.message : undefined;
}

function parsed(text: string): Json {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
