/** Below this many bytes a plain loop beats making a typed view. */
const WORDS_FROM = 64;

const keyBytes = new Uint8Array(4);
const keyWord = new Int32Array(keyBytes.buffer);

/**
 * Takes the mask off `length` bytes at `from` and leaves them at `to`, in the same array (RFC 6455 §5.3).
 *
 * @param to at or before `from`; the ranges may overlap
 * @param key the four mask bytes, first one in the highest byte
 * @param phase how many bytes of this frame's payload came before (only its two low bits matter)
 */
export function unmask(
  bytes: Uint8Array,
  from: number,
  to: number,
  length: number,
  key: number,
  phase: number,
): void {
  if (length < WORDS_FROM) {
    unmaskBytes(bytes, from, to, length, key, phase);
    return;
  }
  const head = -(bytes.byteOffset + from) & 3;
  const words = (length - head) >>> 2;
  const tail = head + words * 4;
  const together = ((from - to) & 3) === 0;
  // Words can move only as whole words; otherwise they are unmasked where they are and moved afterwards.
  const target = together ? to : from;

  unmaskBytes(bytes, from, target, head, key, phase);
  unmaskWords(bytes, from + head, target + head, words, key, phase + head);
  unmaskBytes(bytes, from + tail, target + tail, length - tail, key, phase + tail);
  if (!together) bytes.copyWithin(to, from, from + length);
}

function unmaskBytes(
  bytes: Uint8Array,
  from: number,
  to: number,
  length: number,
  key: number,
  phase: number,
): void {
  let shift = 24 - ((phase & 3) << 3);
  for (let i = 0; i < length; i++) {
    bytes[to + i] = (bytes[from + i] ?? 0) ^ (key >>> shift);
    shift = (shift - 8) & 31;
  }
}

function unmaskWords(
  bytes: Uint8Array,
  from: number,
  to: number,
  words: number,
  key: number,
  phase: number,
): void {
  for (let i = 0; i < 4; i++) keyBytes[i] = key >>> (24 - (((phase + i) & 3) << 3));
  const word = keyWord[0] ?? 0;
  const gap = (from - to) >>> 2;
  const view = new Int32Array(bytes.buffer, bytes.byteOffset + to, words + gap);
  let i = 0;
  // Four at a time: V8 does not unroll, and the loop's own checks cost as much as the work.
  for (const end = words - 3; i < end; i += 4) {
    view[i] = (view[i + gap] ?? 0) ^ word;
    view[i + 1] = (view[i + gap + 1] ?? 0) ^ word;
    view[i + 2] = (view[i + gap + 2] ?? 0) ^ word;
    view[i + 3] = (view[i + gap + 3] ?? 0) ^ word;
  }
  for (; i < words; i++) view[i] = (view[i + gap] ?? 0) ^ word;
}

/**
 * As `unmask`, for a whole payload of a few bytes, whose key is right before it.
 *
 * @param to not after `from`
 */
export function unmaskShort(bytes: Uint8Array, from: number, to: number, length: number): void {
  const a = bytes[from - 4] ?? 0;
  const b = bytes[from - 3] ?? 0;
  const c = bytes[from - 2] ?? 0;
  const d = bytes[from - 1] ?? 0;
  const whole = length & ~3;
  let i = 0;
  for (; i < whole; i += 4) {
    bytes[to + i] = (bytes[from + i] ?? 0) ^ a;
    bytes[to + i + 1] = (bytes[from + i + 1] ?? 0) ^ b;
    bytes[to + i + 2] = (bytes[from + i + 2] ?? 0) ^ c;
    bytes[to + i + 3] = (bytes[from + i + 3] ?? 0) ^ d;
  }
  if (i < length) bytes[to + i] = (bytes[from + i] ?? 0) ^ a;
  if (i + 1 < length) bytes[to + i + 1] = (bytes[from + i + 1] ?? 0) ^ b;
  if (i + 2 < length) bytes[to + i + 2] = (bytes[from + i + 2] ?? 0) ^ c;
}
