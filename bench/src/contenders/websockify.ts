import { CONSOLE_KINDS, type ConsoleKind, consolePort } from '../console/console-kind.js';
import type { Contender, TlsFiles } from './contender.js';
import { findProgram, type Launched, launch } from './launch.js';

const portOf = (kind: ConsoleKind) => 18_920 + CONSOLE_KINDS.indexOf(kind);

/** Debian's websockify as it comes: a process for each viewer. One for each console, as it needs no tokens then. */
export async function startWebsockify(tls: TlsFiles): Promise<Contender> {
  const launched = new Map<ConsoleKind, Launched>();
  for (const kind of CONSOLE_KINDS) {
    const command = [
      findProgram('websockify') ?? '',
      ...(tls ? ['--cert', tls.certificate, '--key', tls.key, '--ssl-only'] : []),
      `127.0.0.1:${portOf(kind)}`,
      `127.0.0.1:${consolePort(kind)}`,
    ];
    launched.set(kind, await launch(command, portOf(kind)));
  }
  return {
    name: 'websockify',
    pid: (kind) => launched.get(kind)?.pid ?? 0,
    startUp: launched.get('quiet')?.startUp ?? Number.NaN,
    endpoint: async (kind) => ({
      url: `${tls ? 'wss' : 'ws'}://127.0.0.1:${portOf(kind)}/`,
      form: 'websocket',
    }),
    stop: async () => {
      for (const each of launched.values()) await each.stop();
    },
  };
}
