/** Which request is being served, for audit records and logs. */
export interface RequestContext {
  /** `req-` and a UUID, as Nova's */
  readonly requestId: string;
  readonly clientAddress?: string;
}
