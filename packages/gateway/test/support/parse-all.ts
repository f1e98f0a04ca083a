import { type FrameEnd, FrameParser, type FrameParserOptions } from '../../src/websocket/frame-parser.js';

/** What a parser made of a byte stream. */
export interface Parsed {
  readonly data: Buffer;
  readonly pings: readonly string[];
  readonly frames: number;
  readonly end: FrameEnd | undefined;
}

/** Feeds the stream in pieces that end at `cuts` (any numbers), each in its own, oddly aligned memory. */
export function parseAll(
  stream: Uint8Array,
  cuts: readonly number[] = [],
  options: Partial<FrameParserOptions> = {},
): Parsed {
  const parser = new FrameParser({ maxFrameBytes: 16 * 1024 * 1024, text: 'bytes', ...options });
  const data: Buffer[] = [];
  const pings: string[] = [];
  let end: FrameEnd | undefined;
  let from = 0;
  const borders = cuts.map((cut) => cut % (stream.length + 1)).sort((a, b) => a - b);
  for (const to of [...borders, stream.length]) {
    const storage = Buffer.alloc(to - from + (to % 7), 0xee);
    const chunk = storage.subarray(to % 7);
    chunk.set(stream.subarray(from, to));
    end = parser.parse(chunk);
    data.push(Buffer.from(chunk.subarray(parser.payloadStart, parser.payloadEnd)));
    pings.push(...parser.pings.map((ping) => ping.toString('latin1')));
    from = to;
  }
  return { data: Buffer.concat(data), pings, frames: parser.frames, end };
}

/** A cut after every byte. */
export function everyByte(stream: Uint8Array): number[] {
  return Array.from(stream, (_, i) => i);
}

/** Whether two ways of cutting a stream gave the same data; of text that is refused, less may come of a larger piece. */
export function isSameData(chopped: Parsed, whole: Parsed): boolean {
  if (whole.end?.kind !== 'failed' || whole.end.code !== 1007) return chopped.data.equals(whole.data);
  return chopped.data.subarray(0, whole.data.length).equals(whole.data);
}
