import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createInterface } from 'node:readline/promises';
import { ConfigError } from '../config/config-problem.js';
import { formatListenAddress, type ListenAddress } from '../config/listen-address.js';
import { xvpvncTunnel } from './xvpvnc-tunnel.js';

/**
 * Reads a console URL from standard input and serves it to VNC viewers on this machine until it is interrupted.
 * The URL is no argument, because everyone on the machine can read those.
 */
export async function runTunnel(listen: ListenAddress): Promise<void> {
  const url = await readConsoleUrl();
  const server = xvpvncTunnel(url, (error) => process.stderr.write(`${error.message}\n`));
  server.listen(listen);
  await once(server, 'listening');
  const address = server.address() as AddressInfo;
  const where = formatListenAddress({ host: address.address, port: address.port });
  process.stdout.write(`point your VNC viewer at ${where.replace(/:(\d+)$/, '::$1')}\n`);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(0));
}

async function readConsoleUrl(): Promise<URL> {
  const lines = createInterface({ input: process.stdin });
  const [line = ''] = await Promise.race([once(lines, 'line') as Promise<[string]>, once(lines, 'close')]);
  lines.close();
  if (URL.canParse(line) && /^https?:$/.test(new URL(line).protocol)) return new URL(line);
  const message =
    'must have a console URL of type xvpvnc on its first line, such as http://HOST/console?token=…';
  throw new ConfigError('standard input', [{ path: '', message }]);
}
