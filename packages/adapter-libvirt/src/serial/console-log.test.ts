import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { ConsolePlace } from '../console/reachable-console.js';
import { parseDomainXml } from '../domain/parse-domain-xml.js';
import { consoleLogFile, readConsoleLog } from './console-log.js';

const here: ConsolePlace = { hypervisor: 'lv', host: 'kvm1', passesDescriptors: true, machine: undefined };

function directory(): string {
  const path = mkdtempSync(join(tmpdir(), 'rc-log-'));
  onTestFinished(() => rmSync(path, { recursive: true }));
  return path;
}

describe('consoleLogFile', () => {
  const fileOf = (devices: string, place = here) =>
    consoleLogFile(
      parseDomainXml(`<domain><name>n</name><uuid>u</uuid><devices>${devices}</devices></domain>`),
      place,
    );

  it('is the log of a device, or the file that a device writes', () => {
    const log = `<serial type='pty'/><serial type='pty'><log file='/var/log/a'/></serial>`;
    expect(fileOf(log)).toBe('/var/log/a');
    expect(fileOf(`<serial type='file'><source path='/var/log/b'/></serial>`)).toBe('/var/log/b');
    expect(fileOf(`<serial type='pty'/>`)).toBeUndefined();
    expect(fileOf('')).toBeUndefined();
    expect(fileOf(log, { ...here, machine: 'kvm7' })).toBeUndefined();
  });
});

describe('readConsoleLog', () => {
  it('gives a whole log, or the end of a long one from the beginning of a line', async () => {
    const file = join(directory(), 'log');
    writeFileSync(file, 'Linux version ü\nlogin: ');
    expect(await readConsoleLog(file)).toBe('Linux version ü\nlogin: ');
    const lines = Array.from({ length: 20_000 }, (_, index) => `line ${index} ü`);
    writeFileSync(file, lines.join('\n'));
    const end = (await readConsoleLog(file)).split('\n');
    expect(end.at(-1)).toBe(lines.at(-1));
    expect(end).toEqual(lines.slice(-end.length));
    expect(end.length).toBeGreaterThan(5000);
    expect(Buffer.byteLength(end.join('\n'))).toBeLessThanOrEqual(100 * 1024);
    writeFileSync(file, '');
    expect(await readConsoleLog(file)).toBe('');
  });

  it('refuses what is no file of its own, and does not wait for it', async () => {
    const path = directory();
    writeFileSync(join(path, 'secret'), 'secret');
    symlinkSync(join(path, 'secret'), join(path, 'link'));
    execFileSync('mkfifo', [join(path, 'pipe')]);
    for (const name of ['link', 'pipe', '.', 'absent'])
      await expect(readConsoleLog(join(path, name))).rejects.toThrow();
  });
});
