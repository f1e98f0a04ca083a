/**
 * The bundled server, for programs that start it themselves.
 *
 * @packageDocumentation
 */
export { ConfigError, type ConfigProblem } from './config/config-problem.js';
export { type Config, configSchema } from './config/config-schema.js';
export { type ConfigFile, parseConfig, readConfig } from './config/read-config.js';
export { createLogger } from './log/logger.js';
export { type RunningServer, startServer } from './server.js';
