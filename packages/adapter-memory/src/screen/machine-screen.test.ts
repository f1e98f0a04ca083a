import type { Server } from '@remote-consoles/core';
import { describe, expect, it } from 'vitest';
import { readRows, readText } from '../../test/support/read-text.js';
import type { Picture } from '../picture/picture.js';
import { textFont, titleFont } from '../picture/theme.js';
import { GuestSystem } from '../tty/guest-system.js';
import { MachineScreen } from './machine-screen.js';

const MINUTE = Date.UTC(2026, 10, 24, 14, 3, 0);
const RETURN = 0xff0d;

function machine(size = { width: 1024, height: 768 }) {
  const time = { ms: MINUTE };
  const clock = { now: () => time.ms };
  let server: Server = {
    id: '1f0c7a52-0000-4000-8000-000000000001',
    name: 'demo-vnc',
    projectId: 'p',
    vmState: 'active',
  };
  const guest = new GuestSystem({ hostname: server.name, serverId: server.id }, clock);
  guest.bootUnseen();
  const screen = new MachineScreen(() => server, guest.screen, clock, size);
  const look = (): Picture => {
    screen.paint();
    const { width, height } = screen;
    return { width, height, pixels: screen.pixels({ x: 0, y: 0, width, height }) };
  };
  const type = (text: string) => {
    for (const character of text) {
      const keysym = character === '\n' ? RETURN : character.charCodeAt(0);
      screen.key(keysym, true);
      screen.key(keysym, false);
    }
  };
  const terminal = () => readRows(look(), textFont, 38, 102, Math.floor((screen.width - 76) / 9), 34);
  const footer = (length: number) => readText(look(), textFont, 24, screen.height - 29, length);
  return {
    screen,
    time,
    look,
    type,
    terminal,
    footer,
    change: (c: Partial<Server>) => (server = { ...server, ...c }),
  };
}

describe('MachineScreen', () => {
  it('shows the name, the state and the time of the machine', () => {
    const { look, time, change } = machine();
    const name = () => readText(look(), titleFont, 24, 16, 8);
    const clock = () => readText(look(), titleFont, 1024 - 24 - 8 * 17, 16, 8);
    const state = (length: number) => readText(look(), textFont, 24 + 8 * 17 + 36, 26, length);
    expect([name(), clock(), state(6)]).toEqual(['demo-vnc', '14:03:00', 'ACTIVE']);
    time.ms += 1000;
    expect(clock()).toBe('14:03:01');
    change({ vmState: 'paused' });
    expect(state(6)).toBe('PAUSED');
  });

  it('echoes what is typed and runs it', () => {
    const { type, terminal } = machine();
    type('echo "Hello"');
    expect(terminal().join('\n')).toContain('root@demo-vnc:~# echo "Hello"');
    type('\n');
    expect(terminal()).toContain('Hello');
  });

  it('shows where it was clicked, and with what', () => {
    const { screen, footer, look } = machine();
    expect(footer(12)).toBe('type, or cli');
    const before = look();
    screen.point(500, 400, 1);
    screen.point(600, 450, 0);
    expect(footer(22)).toBe('left click at 500, 400');
    const after = look();
    const at = (picture: Picture, x: number, y: number) => picture.pixels[y * 1024 + x];
    expect(at(after, 500, 400)).not.toBe(at(before, 500, 400));
    expect(at(after, 600, 450)).toBe(at(before, 600, 450));
    screen.point(30, 40, 4);
    expect(footer(21)).toBe('right click at 30, 40');
    expect(at(look(), 500, 400)).toBe(at(before, 500, 400));
  });

  it('keeps the pointer inside, wherever a client says it is', () => {
    const { screen, look } = machine();
    screen.point(65535, 65535, 255);
    expect(screen.pointer).toMatchObject({ x: 1023, y: 767 });
    look();
  });

  it('names only what has changed', () => {
    const { screen, time, look, type } = machine();
    look();
    expect(screen.paint()).toEqual([]);
    time.ms += 1000;
    const clockAreas = screen.paint();
    expect(clockAreas.length).toBeGreaterThan(0);
    for (const area of clockAreas) expect(area).toMatchObject({ y: 16, height: 34 });
    type('x');
    for (const area of screen.paint()) expect(area.height).toBeLessThanOrEqual(textFont.height);
  });

  it('takes sizes within its limits and fills them', () => {
    const { screen, terminal, footer, type } = machine();
    for (const [width, height] of [
      [100, 100],
      [320, 100],
      [2561, 800],
      [65535, 65535],
      [0, 0],
    ] as const) {
      expect(screen.resize({ width, height })).toBe(false);
    }
    expect(screen.resize({ width: 1600, height: 1200 })).toBe(true);
    type('date\n');
    expect(terminal()).toContain('Tue Nov 24 14:03:00 UTC 2026');
    expect(footer(4)).toBe('type');
    for (const [width, height] of [
      [320, 200],
      [2560, 1600],
    ] as const) {
      expect(screen.resize({ width, height })).toBe(true);
      screen.paint();
    }
  });

  it('shortens a name that does not fit and leaves the clock alone', () => {
    const { screen, look, change } = machine({ width: 640, height: 400 });
    change({ name: 'a-machine-with-a-name-that-goes-on-and-on-and-on' });
    screen.paint();
    expect(readText(look(), titleFont, 640 - 24 - 8 * 17, 16, 8)).toBe('14:03:00');
    expect(readText(look(), titleFont, 24, 16, 9)).toBe('a-machine');
  });
});
