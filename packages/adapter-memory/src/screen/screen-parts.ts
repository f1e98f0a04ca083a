import type { Server } from '@remote-consoles/core';
import type { Area } from '../picture/area.js';
import type { Canvas } from '../picture/canvas.js';
import type { Font } from '../picture/font.js';
import type { ScenePart } from '../picture/scene.js';
import { colours, textFont, titleFont } from '../picture/theme.js';

export const HEADER_HEIGHT = 88;
export const FOOTER_HEIGHT = 38;
export const MARGIN = 24;

/** Where and with which button the screen was clicked last. */
export interface PointerMark {
  readonly x: number;
  readonly y: number;
  /** 0 left, 1 middle, 2 right, then the wheel. */
  readonly button: number;
}

const BUTTONS = ['left', 'middle', 'right', 'wheel up', 'wheel down', 'wheel left', 'wheel right'];
const PRODUCT = 'remote-consoles · simulated machine';
const CLOCK_WIDTH = 8 * titleFont.width;
const DATE_WIDTH = 21 * textFont.width;
const RING = 9;
const HAIR = 16;

const STATUS_COLOURS: ReadonlyMap<string, number> = new Map([
  ['ACTIVE', colours.green],
  ['RESCUE', colours.amber],
  ['PAUSED', colours.amber],
  ['ERROR', colours.red],
]);

/** The machine's name and state, whose screen this is, and the time. */
export function headerParts(facts: {
  readonly width: number;
  readonly server: Server;
  readonly status: string;
  readonly now: number;
}): readonly ScenePart[] {
  const { width, server, status, now } = facts;
  const right = width - MARGIN;
  const room = Math.max(0, right - CLOCK_WIDTH - 2 * MARGIN);
  const subtitleRoom = Math.max(0, right - DATE_WIDTH - 2 * MARGIN);
  const statusWidth = 24 + status.length * textFont.width;
  const name = shorten(server.name, Math.floor((room - statusWidth) / titleFont.width));
  const badgeX = MARGIN + name.length * titleFont.width + 16;
  const [time, date] = timeAndDate(now);
  const dot = STATUS_COLOURS.get(status) ?? colours.dim;
  return [
    line(titleFont, MARGIN, 16, name, colours.bright),
    {
      key: `status ${status} ${badgeX}`,
      area: { x: badgeX, y: 20, width: statusWidth, height: 28 },
      draw: (canvas) => {
        canvas.circle(badgeX + 7, 35, 5, dot);
        canvas.text(textFont, badgeX + 20, 26, status, dot);
      },
    },
    line(
      textFont,
      MARGIN,
      54,
      shorten(`${PRODUCT} · ${server.id}`, Math.floor(subtitleRoom / textFont.width)),
      colours.dim,
    ),
    line(titleFont, right - CLOCK_WIDTH, 16, time, colours.text),
    line(textFont, right - DATE_WIDTH, 54, date.padStart(21), colours.dim),
  ];
}

/** What was done with the mouse, and what the screen is. */
export function footerParts(facts: {
  readonly width: number;
  readonly height: number;
  readonly mark: PointerMark | undefined;
  readonly viewers: number;
}): readonly ScenePart[] {
  const { width, height, mark, viewers } = facts;
  const y = height - FOOTER_HEIGHT + 9;
  const left = mark
    ? `${BUTTONS[mark.button] ?? `button ${mark.button + 1}`} click at ${mark.x}, ${mark.y}`
    : 'type, or click anywhere';
  const right = `${viewers} ${viewers === 1 ? 'viewer' : 'viewers'} · ${width}×${height}`;
  return [
    line(textFont, MARGIN, y, left, mark ? colours.marker : colours.dim),
    line(textFont, width - MARGIN - right.length * textFont.width, y, right, colours.dim),
  ];
}

/** A cross hair where the screen was clicked last. */
export function markerParts(mark: PointerMark | undefined): readonly ScenePart[] {
  if (!mark) return [];
  const { x, y } = mark;
  const area = { x: x - HAIR, y: y - HAIR, width: 2 * HAIR + 1, height: 2 * HAIR + 1 };
  return [{ key: `mark ${x} ${y}`, area, draw: (canvas) => drawMarker(canvas, x, y) }];
}

function drawMarker(canvas: Canvas, x: number, y: number): void {
  canvas.circle(x, y, RING, colours.marker, 2);
  for (const [dx, dy] of [
    [-1, 0],
    [1, 0],
    [0, -1],
    [0, 1],
  ] as const) {
    for (let distance = 4; distance <= HAIR; distance++) {
      canvas.fill({ x: x + dx * distance, y: y + dy * distance, width: 1, height: 1 }, colours.marker);
    }
  }
  canvas.fill({ x, y, width: 1, height: 1 }, colours.marker);
}

function line(font: Font, x: number, y: number, text: string, colour: number): ScenePart {
  const area: Area = { x, y, width: [...text].length * font.width, height: font.height };
  return {
    key: `text ${x} ${y} ${font.height} ${colour} ${text}`,
    area,
    draw: (canvas) => {
      canvas.text(font, x, y, text, colour);
    },
  };
}

function shorten(text: string, length: number): string {
  const characters = [...text];
  if (characters.length <= length) return text;
  return length < 2 ? '' : `${characters.slice(0, length - 1).join('')}…`;
}

/** `14:03:27` and `Tue 24 Nov 2026 · UTC`. */
function timeAndDate(now: number): readonly [string, string] {
  const [weekday = '', day = '', month = '', year = '', time = ''] = new Date(now).toUTCString().split(/,? /);
  return [time, `${weekday} ${day} ${month} ${year} · UTC`];
}
