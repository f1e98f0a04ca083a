import { faultKey } from './error-status.js';

/** An answer that is not a success: what the client is told. */
export class ApiFault extends Error {
  override readonly name = 'ApiFault';
  readonly status: number;
  readonly body: object;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    message: string,
    headers: Readonly<Record<string, string>> = {},
    body: object = { [faultKey(status)]: { code: status, message } },
  ) {
    super(message);
    this.status = status;
    this.headers = headers;
    this.body = body;
  }
}

export const badRequest = (message: string): ApiFault => new ApiFault(400, message);

export const malformedBody = (): ApiFault => badRequest('Malformed request body');

export const resourceNotFound = (): ApiFault => new ApiFault(404, 'The resource could not be found.');

export const methodNotAllowed = (method: string, allowed: string): ApiFault =>
  new ApiFault(405, `The method ${method} is not allowed for this resource.`, { Allow: allowed });

/** @param limit bytes */
export const bodyTooLarge = (limit: number): ApiFault =>
  new ApiFault(413, `Request is too large. Larger than max_request_body_size (${limit}).`);

export const unsupportedContentType = (): ApiFault => new ApiFault(415, 'Unsupported Content-Type');

export const resourceGone = (): ApiFault =>
  new ApiFault(410, 'This resource is no longer available. No forwarding address is given.');

/** The answer of keystonemiddleware, whose shape differs from Nova's own faults. */
export const unauthorized = (message: string, challenge: string): ApiFault =>
  new ApiFault(
    401,
    message,
    { 'WWW-Authenticate': challenge },
    { error: { code: 401, title: 'Unauthorized', message } },
  );

/** Says nothing of what went wrong inside; the log does, under the same request id. */
export const unexpected = (): ApiFault =>
  new ApiFault(
    500,
    'Unexpected API Error. Please report this to the administrator with the id in the header x-openstack-request-id.',
  );
