import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { CONSOLE_KINDS, type ConsoleKind, consolePort } from '../console/console-kind.js';
import type { Contender, TlsFiles } from './contender.js';
import { findProgram, launch } from './launch.js';

const portOf = (kind: ConsoleKind) => 18_940 + CONSOLE_KINDS.indexOf(kind);

const modules = () => join(dirname(findProgram('lighttpd') ?? ''), '../lib/lighttpd');

export const hasLighttpd = (tls: TlsFiles): boolean =>
  existsSync(join(modules(), 'mod_wstunnel.so')) && (!tls || existsSync(join(modules(), 'mod_openssl.so')));

/** lighttpd's WebSocket tunnel: C, one process, frames but no tokens. */
export async function startLighttpd(tls: TlsFiles): Promise<Contender> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-lighttpd-'));
  const file = join(folder, 'lighttpd.conf');
  writeFileSync(file, configuration(tls));
  const command = [findProgram('lighttpd') ?? '', '-D', '-m', modules(), '-f', file];
  const launched = await launch(command, portOf('quiet'));
  return {
    name: 'lighttpd',
    pid: () => launched.pid,
    startUp: launched.startUp,
    endpoint: async (kind) => ({
      url: `${tls ? 'wss' : 'ws'}://127.0.0.1:${portOf(kind)}/`,
      form: 'websocket',
    }),
    stop: async () => {
      await launched.stop();
      rmSync(folder, { recursive: true });
    },
  };
}

function configuration(tls: TlsFiles): string {
  const tunnels = CONSOLE_KINDS.map(
    (kind) => `
$SERVER["socket"] == "127.0.0.1:${portOf(kind)}" {
  ${tls ? 'ssl.engine = "enable"' : ''}
  wstunnel.server = ( "" => (( "host" => "127.0.0.1", "port" => "${consolePort(kind)}" )) )
  wstunnel.frame-type = "binary"
}`,
  );
  return `server.modules = ( "mod_wstunnel"${tls ? ', "mod_openssl"' : ''} )
server.document-root = "/nonexistent"
server.bind = "127.0.0.1"
server.port = ${portOf('echo') + 1}
server.max-fds = ${Math.min(16_384, openFilesLimit())}
server.max-connections = 8000
${tls ? `ssl.pemfile = "${tls.certificate}"\nssl.privkey = "${tls.key}"` : ''}
${tunnels.join('')}
`;
}

function openFilesLimit(): number {
  return Number(/Max open files\s+\d+\s+(\d+)/.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1] ?? 1024);
}
