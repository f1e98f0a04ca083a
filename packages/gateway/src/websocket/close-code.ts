/**
 * WebSocket close codes that the gateway sends: RFC 6455 §7.4.1, and our own in the private range 4000–4999.
 */
export const CloseCode = {
  normal: 1000,
  goingAway: 1001,
  protocolError: 1002,
  unsupportedData: 1003,
  invalidPayload: 1007,
  messageTooBig: 1009,
  internalError: 1011,
  serverStopped: 4001,
  serverDeleted: 4002,
  serverMigrated: 4003,
  terminated: 4004,
  timeLimit: 4005,
  idle: 4006,
  consoleClosed: 4010,
} as const;

export type CloseCode = (typeof CloseCode)[keyof typeof CloseCode];

/** A reason fits a control frame beside its two-byte code (RFC 6455 §5.5). */
export const MAX_CLOSE_REASON_BYTES = 123;

/**
 * Whether a peer may put this code into a close frame: the registered codes except those that must never
 * travel (1004, 1005, 1006, 1015), and the ranges for libraries and applications (RFC 6455 §7.4.2).
 */
export function isCloseCodeOnTheWire(code: number): boolean {
  return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) || (code >= 3000 && code <= 4999);
}
