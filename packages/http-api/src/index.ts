/**
 * Nova's remote console API, microversions 2.1 to 2.99, and the gateway's own resources below `/console`, as an Express
 * router over the use cases of `@remote-consoles/core`.
 *
 * @packageDocumentation
 */
export { type ApiDependencies, createApi } from './api.js';
export type { AnsweredRequest, AnswerObserver } from './exchange.js';
export { createHttpServer } from './http-server.js';
export { MAX_VERSION, MIN_VERSION } from './microversion/supported-versions.js';
export type { RateLimits, RefusalObserver } from './rate-limit/rate-gate.js';
export type { RateLimiter, RateState } from './rate-limit/rate-limiter.js';
