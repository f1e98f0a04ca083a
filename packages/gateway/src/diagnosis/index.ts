/**
 * The way to a console leg by leg, for a doctor: its own entrance, as whoever serves consoles has no need of it.
 *
 * @packageDocumentation
 */
export { type ConnectionDiagnosisOptions, diagnoseConnection } from './diagnose-connection.js';
export { type DiagnosisTimeouts, endpointLegs } from './endpoint-legs.js';
