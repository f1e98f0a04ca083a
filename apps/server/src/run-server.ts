import { ConfigError } from './config/config-problem.js';
import type { ConfigFile } from './config/read-config.js';
import { createLogger } from './log/logger.js';
import { type RunningServer, startServer } from './server.js';

/** Runs a server as this process: until SIGTERM or SIGINT, which drain it; a second signal ends it at once. */
export async function runServer(
  file: ConfigFile,
  started?: (server: RunningServer) => Promise<void>,
): Promise<void> {
  const logger = createLogger(file.config.log.level);
  const server = await startServer(file, logger).catch((error: unknown) => {
    throw addressProblem(file, error) ?? error;
  });
  logger.info({ url: server.url, address: server.address.address, port: server.address.port }, 'ready');
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
  await started?.(server);
}

const ADDRESS_PROBLEMS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'the address is in use; choose another with --listen',
  EADDRNOTAVAIL: 'this machine does not have that address',
  EACCES: 'this user may not listen on that port',
  ENOTFOUND: 'that host name is unknown',
};

function addressProblem({ file, locate }: ConfigFile, error: unknown): ConfigError | undefined {
  const message = ADDRESS_PROBLEMS[(error as NodeJS.ErrnoException).code ?? ''];
  return message === undefined ? undefined : new ConfigError(file, [locate(['listen'], message)]);
}
