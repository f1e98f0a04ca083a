/**
 * The console gateway: a viewer's handshake is checked, its token redeemed, the console dialled and let itself in to,
 * and then bytes flow between two sockets.
 *
 * @packageDocumentation
 */
export { createGateway, Gateway, type GatewayCounters } from './gateway.js';
export type { FailureLimiter, FailureState } from './handshake/guess-limit.js';
export type { SessionInfo, Traffic } from './session/session.js';
export type { GatewayLimits, GatewayOptions, GatewayTimeouts } from './settings.js';
export { CloseCode } from './websocket/close-code.js';
