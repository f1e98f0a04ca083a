import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { GuestSystem } from './guest-system.js';
import { plainText } from './plain-text.js';

const identity = { hostname: 'demo', serverId: '1f0c7a52-0000-4000-8000-000000000001' };
const clock = { now: () => Date.now() };

function guest() {
  const system = new GuestSystem(identity, clock);
  const { serial } = system;
  const printed: string[] = [];
  serial.attach((text) => printed.push(text));
  const read = () => plainText(printed.splice(0).join(''));
  /** Types a line and returns what was printed between it and the next prompt. */
  const run = (line: string) => {
    read();
    serial.type(new TextEncoder().encode(`${line}\r`));
    return read()
      .slice(line.length + 1)
      .replace(/root@demo:~# $/, '');
  };
  return { system, serial, read, run };
}

function running() {
  const all = guest();
  all.system.bootUnseen();
  return all;
}

beforeEach(() => {
  vi.useFakeTimers({ now: Date.UTC(2026, 10, 24, 14, 3, 27) });
});

afterEach(() => {
  vi.useRealTimers();
});

describe('the shell of a simulated machine', () => {
  it('greets with a boot log, its name and a prompt', () => {
    const { read, serial } = running();
    const text = read();
    expect(text).toMatch(/^\[ +0\.000000\] memory 1\.0\.0: a simulated machine/);
    expect(text).toContain('Hostname set to <demo>');
    expect(text).toMatch(/demo login: root.*root@demo:~# $/s);
    expect(serial.scrollback).toContain('root@demo');
  });

  it.each([
    ['hostname', 'demo\n'],
    ['uname', 'Memory\n'],
    ['uname -a', 'Memory demo memory 1.0.0 #1 SMP simulated GNU/None\n'],
    ['date', 'Tue Nov 24 14:03:27 UTC 2026\n'],
    ['whoami', 'root\n'],
    ['echo', '\n'],
    ['echo hello  world', 'hello  world\n'],
    [`echo "a 'b'" 'c "d"' e`, `a 'b' c "d" e\n`],
    ['', ''],
    ['   ', ''],
    ['make coffee', 'sh: make: not found; try help\n'],
    ['__proto__', 'sh: __proto__: not found; try help\n'],
  ])('answers %j', (line, answer) => {
    expect(running().run(line)).toBe(answer);
  });

  it('names every command in its help, and all of them do something', () => {
    const { run } = running();
    const names = [...run('help').matchAll(/^ {2}(\w+)/gm)].map(([, name = '']) => name);
    expect(names).toEqual(
      expect.arrayContaining(['uname', 'date', 'hostname', 'uptime', 'echo', 'dmesg', 'ps']),
    );
    expect(names).toEqual(expect.arrayContaining(['help', 'reboot', 'clear', 'exit']));
    for (const name of names) expect(running().run(name)).not.toContain('not found');
  });

  it('tells how long it has run', () => {
    const { run } = running();
    vi.setSystemTime(Date.now() + (26 * 3600 + 61) * 1000);
    expect(run('uptime')).toMatch(/^up 26:01:01, /);
  });

  it('shows its boot log again, and its processes', () => {
    const { run } = running();
    expect(run('dmesg')).toMatch(/simulated machine.*Multi-User System\n$/s);
    expect(run('ps')).toMatch(/ttyS0 +sh\n/);
  });

  it('logs out and in again', () => {
    const { run } = running();
    expect(run('exit')).toMatch(/^logout\n.*demo login: root/s);
  });

  it('does not keep a line that was interrupted', () => {
    const { run, serial } = running();
    serial.type(new TextEncoder().encode('echo no\u0003'));
    expect(run('echo yes')).toBe('yes\n');
  });

  it('boots line by line, deaf until it is up', () => {
    const { system, serial, read } = guest();
    system.boot();
    expect(read()).not.toContain('login');
    serial.type(new TextEncoder().encode('echo early\r'));
    vi.advanceTimersByTime(300);
    const middle = read();
    expect(middle).toContain('virtio_blk');
    expect(middle).not.toContain('early');
    expect(middle).not.toContain('login');
    vi.advanceTimersByTime(2000);
    expect(read()).toContain('demo login: root');
  });

  it('reboots on both terminals, and counts its time anew', () => {
    const { system, run, read } = running();
    vi.advanceTimersByTime(60_000);
    expect(run('reboot')).toContain('going down');
    vi.advanceTimersByTime(3000);
    expect(read()).toMatch(/simulated machine.*demo login: root/s);
    expect(system.screen.scrollback).toMatch(/going down.*demo login: root/s);
    expect(run('uptime')).toMatch(/^up 00:00:0/);
  });

  it('does nothing once it is off', () => {
    const { system, read, serial } = running();
    system.boot();
    system.powerOff();
    read();
    vi.advanceTimersByTime(10_000);
    serial.type(new TextEncoder().encode('date\r'));
    expect(read()).toBe('');
  });

  it('keeps a bounded scrollback', () => {
    const { serial } = running();
    for (let i = 0; i < 3000; i++) serial.type(new TextEncoder().encode(`echo ${'x'.repeat(100)}\r`));
    expect(serial.scrollback.length).toBeLessThanOrEqual(128 * 1024);
    expect(serial.scrollback.endsWith('# ')).toBe(true);
  });
});
