/** What went wrong, for code to branch on. */
export type ClientErrorCode =
  /** The request makes no sense, or this server has no such console. */
  | 'bad-request'
  /** The token is missing, wrong or expired. */
  | 'unauthenticated'
  | 'forbidden'
  | 'not-found'
  /** The server is in a state without consoles: stopped, building, migrating, … Try again later. */
  | 'conflict'
  /** The hypervisor has no consoles of this type. */
  | 'not-implemented'
  | 'too-many'
  /** The API, or something behind it, is down. */
  | 'unavailable'
  /** Several servers have the name. */
  | 'ambiguous-name'
  /** There was no answer: no connection, a redirect, a browser's CORS rules. */
  | 'unreachable'
  | 'timed-out'
  /** The answer is not one of this API. */
  | 'unexpected-answer';

const CODES: Readonly<Record<number, ClientErrorCode>> = {
  400: 'bad-request',
  401: 'unauthenticated',
  403: 'forbidden',
  404: 'not-found',
  409: 'conflict',
  413: 'bad-request',
  429: 'too-many',
  500: 'unavailable',
  501: 'not-implemented',
  502: 'unavailable',
  503: 'unavailable',
  504: 'unavailable',
};

/** The one error that the client throws, but for an abort that its caller asked for. */
export class ClientError extends Error {
  override readonly name = 'ClientError';
  readonly code: ClientErrorCode;
  /** The HTTP status, where there was an answer. */
  readonly status: number | undefined;
  /** The id under which the API's operator finds the request in the log. */
  readonly requestId: string | undefined;

  constructor(
    code: ClientErrorCode,
    message: string,
    details: {
      readonly status?: number;
      readonly requestId?: string | undefined;
      readonly cause?: unknown;
    } = {},
  ) {
    super(message, { cause: details.cause });
    this.code = code;
    this.status = details.status;
    this.requestId = details.requestId;
  }
}

/** The code of an answer that is not a success. */
export function codeOf(status: number): ClientErrorCode {
  return CODES[status] ?? 'unexpected-answer';
}
