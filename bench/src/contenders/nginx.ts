import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CONSOLE_KINDS, type ConsoleKind, consolePort } from '../console/console-kind.js';
import type { Contender, TlsFiles } from './contender.js';
import { findProgram, launch } from './launch.js';

/** Where Debian's libnginx-mod-stream is. */
const STREAM_MODULE = '/usr/lib/nginx/modules/ngx_stream_module.so';

const portOf = (kind: ConsoleKind) => 18_930 + CONSOLE_KINDS.indexOf(kind);

export const hasNginx = (): boolean => findProgram('nginx') !== undefined && existsSync(STREAM_MODULE);

/** nginx as a relay of bare TCP (or TLS), one worker: neither WebSocket frames nor tokens. */
export async function startNginx(tls: TlsFiles): Promise<Contender> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-nginx-'));
  const file = join(folder, 'nginx.conf');
  writeFileSync(file, configuration(folder, tls));
  const launched = await launch([findProgram('nginx') ?? '', '-c', file], portOf('quiet'));
  return {
    name: 'nginx',
    pid: () => launched.pid,
    startUp: launched.startUp,
    endpoint: async (kind) => ({ url: `${tls ? 'wss' : 'ws'}://127.0.0.1:${portOf(kind)}/`, form: 'raw' }),
    stop: async () => {
      await launched.stop();
      rmSync(folder, { recursive: true });
    },
  };
}

function configuration(folder: string, tls: TlsFiles): string {
  const servers = CONSOLE_KINDS.map(
    (kind) => `
  server {
    listen 127.0.0.1:${portOf(kind)}${tls ? ' ssl' : ''} backlog=1024;
    proxy_pass 127.0.0.1:${consolePort(kind)};
  }`,
  );
  const certificate = tls
    ? `
  ssl_certificate ${tls.certificate};
  ssl_certificate_key ${tls.key};
  ssl_protocols TLSv1.3;
  ssl_session_cache shared:bench:1m;`
    : '';
  return `load_module ${STREAM_MODULE};
daemon off;
worker_processes 1;
pid ${folder}/pid;
error_log stderr error;
events { worker_connections 16000; }
stream {
  tcp_nodelay on;
  proxy_buffer_size 64k;${certificate}${servers.join('')}
}
`;
}
