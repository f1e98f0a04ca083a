import { ConfigError } from './config/config-problem.js';
import { formatListenAddress } from './config/listen-address.js';
import type { ConfigFile } from './config/read-config.js';
import { ListenError } from './listen/open-listener.js';
import { createLogger } from './log/logger.js';
import { type RunningServer, type ServerOptions, startServer } from './server.js';

export interface RunOptions extends ServerOptions {
  /** Called once it accepts requests. */
  readonly started?: (server: RunningServer) => Promise<void>;
}

/**
 * Runs a server as this process: until SIGTERM or SIGINT, which drain it; a second signal ends it at once. SIGHUP makes
 * it read its certificates and open its audit file again.
 */
export async function runServer(file: ConfigFile, { started, ...options }: RunOptions = {}): Promise<void> {
  const logger = createLogger(file.config.log.level);
  const server = await startServer(file, logger, options).catch((error: unknown) => {
    throw addressProblem(file, error) ?? error;
  });
  const { roles } = file.config;
  for (const { address, port } of server.addresses) logger.info({ address, port }, 'listening');
  logger.info({ url: server.url, roles }, 'ready');
  const stop = (signal: NodeJS.Signals) => {
    for (const name of ['SIGTERM', 'SIGINT'] as const)
      process.off(name, stop).on(name, () => process.exit(1));
    logger.info({ signal }, 'draining');
    server.close().then(
      () => logger.info({}, 'stopped'),
      (error: unknown) => {
        logger.error({ err: error }, 'stopped with an error');
        process.exitCode = 1;
      },
    );
  };
  process.on('SIGTERM', stop).on('SIGINT', stop);
  // To a program in a terminal it says that the terminal is gone.
  if (!process.stdout.isTTY) {
    process.on('SIGHUP', () => {
      server.reopenAudit();
      void server.reloadCertificates();
    });
  }
  await started?.(server);
}

const ADDRESS_PROBLEMS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'the address is in use; choose another with --listen',
  EADDRNOTAVAIL: 'this machine does not have that address',
  EACCES: 'this user may not listen on that port',
  ENOTFOUND: 'that host name is unknown',
};

function addressProblem({ file, locate }: ConfigFile, error: unknown): ConfigError | undefined {
  if (!(error instanceof ListenError)) return undefined;
  const { path, address } = error.listener;
  const message = ADDRESS_PROBLEMS[error.cause.code ?? ''];
  if (message === undefined) return undefined;
  return new ConfigError(file, [locate(path, `${formatListenAddress(address)}: ${message}`)]);
}
