/**
 * The domain of remote consoles: what a console is, who may have it, what its token is worth, and the ports behind
 * which hypervisors, token stores and identity services stand. No I/O, no dependency.
 *
 * @packageDocumentation
 */
export * from './connection/console-connection.js';
export * from './connection/secret.js';
export * from './console/access-url.js';
export * from './console/console-offer.js';
export * from './console/console-type.js';
export * from './console/microversion.js';
export * from './console/remote-console.js';
export * from './diagnosis/basic-diagnosis.js';
export * from './diagnosis/connect-advice.js';
export * from './diagnosis/describe-connection.js';
export * from './diagnosis/explain-failure.js';
export * from './diagnosis/explained-leg.js';
export * from './errors.js';
export * from './limit/address-block.js';
export * from './policy/credentials.js';
export * from './policy/parse-policy.js';
export * from './policy/policy.js';
export * from './policy/policy-expression.js';
export * from './policy/policy-rules.js';
export * from './ports/adapter-module.js';
export * from './ports/audit-sink.js';
export * from './ports/auth-port.js';
export * from './ports/clock.js';
export * from './ports/cluster-messages.js';
export * from './ports/cluster-port.js';
export * from './ports/console-output-port.js';
export * from './ports/console-stream-port.js';
export * from './ports/diagnosis-port.js';
export * from './ports/digest.js';
export * from './ports/hypervisor-port.js';
export * from './ports/logger.js';
export * from './ports/random.js';
export * from './ports/screenshot-port.js';
export * from './ports/send-keys-port.js';
export * from './ports/server-power-port.js';
export * from './ports/session-directory.js';
export * from './ports/standard-schema.js';
export * from './ports/token-store.js';
export * from './server/console-readiness.js';
export * from './server/hypervisor-fleet.js';
export * from './server/server.js';
export * from './session/console-session.js';
export * from './session/local-cluster.js';
export * from './session/session-limits.js';
export * from './token/console-authorization.js';
export * from './token/console-token.js';
export * from './token/token-issuer.js';
export * from './usecases/create-remote-console.js';
export * from './usecases/find-visible-server.js';
export * from './usecases/list-servers.js';
export * from './usecases/list-sessions.js';
export * from './usecases/read-console-output.js';
export * from './usecases/redeem-console-token.js';
export * from './usecases/request-context.js';
export * from './usecases/revoke-server-consoles.js';
export * from './usecases/show-connect-info.js';
export * from './usecases/show-server.js';
export * from './usecases/show-session.js';
export * from './usecases/take-screenshot.js';
export * from './usecases/terminate-session.js';
