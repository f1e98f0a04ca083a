import type { Logger } from '@remote-consoles/core';

/** A logger that keeps what it is told, as `level message`. */
export function rememberingLogger(): Logger & { lines: string[] } {
  const lines: string[] = [];
  const line = (level: string) => (fields: object, message: string) => {
    lines.push(`${level} ${message} ${JSON.stringify(fields)}`);
  };
  return { lines, debug: line('debug'), info: line('info'), warn: line('warn'), error: line('error') };
}
