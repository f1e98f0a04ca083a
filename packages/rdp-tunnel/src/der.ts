import { concatBytes } from './concat-bytes.js';
import { RdpTunnelError } from './errors.js';

/** The few ASN.1 types that CredSSP and RDCleanPath are made of (X.690). */
export const DerTag = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  objectIdentifier: 0x06,
  enumerated: 0x0a,
  utf8String: 0x0c,
  sequence: 0x30,
} as const;

/** The tag of an EXPLICIT field `[n]`. */
export const contextTag = (n: number): number => 0xa0 | n;

const malformed = (what: string): RdpTunnelError => new RdpTunnelError('malformed', `broken DER: ${what}`);

/** An element of the given contents in a row. */
export function derElement(tag: number, ...contents: readonly Uint8Array[]): Uint8Array {
  const content = concatBytes(...contents);
  return concatBytes(Uint8Array.of(tag, ...encodeLength(content.length)), content);
}

function encodeLength(length: number): readonly number[] {
  if (length < 0x80) return [length];
  const bytes: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256);
  return [0x80 | bytes.length, ...bytes];
}

/** An INTEGER in as few bytes as hold it. */
export function derInteger(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  let negative: boolean;
  do {
    const low = rest - Math.floor(rest / 256) * 256;
    bytes.unshift(low);
    rest = Math.floor(rest / 256);
    negative = low >= 0x80;
  } while (rest !== (negative ? -1 : 0));
  return derElement(DerTag.integer, Uint8Array.from(bytes));
}

export const derOctetString = (value: Uint8Array): Uint8Array => derElement(DerTag.octetString, value);

export const derUtf8String = (value: string): Uint8Array =>
  derElement(DerTag.utf8String, new TextEncoder().encode(value));

export const derSequence = (...fields: readonly Uint8Array[]): Uint8Array =>
  derElement(DerTag.sequence, ...fields);

export const derExplicit = (n: number, value: Uint8Array): Uint8Array => derElement(contextTag(n), value);

/**
 * Length in bytes of the element that `bytes` begin with, its head included; `undefined` while the head is not all there.
 * @throws {RdpTunnelError} `malformed`; `too-long` above `maximum`
 */
export function derElementLength(bytes: Uint8Array, tag: number, maximum: number): number | undefined {
  if (bytes[0] !== undefined && bytes[0] !== tag) throw malformed('another type was due');
  const head = readHead(bytes);
  if (head && head.end > maximum) {
    throw new RdpTunnelError('too-long', `a DER message of ${head.end} bytes, at most ${maximum} are taken`);
  }
  return head?.end;
}

/** Where the content of the first element starts and ends; `end` may lie behind the bytes that are there. */
function readHead(bytes: Uint8Array): { readonly start: number; readonly end: number } | undefined {
  const first = bytes[1];
  if (first === undefined) return undefined;
  if (first < 0x80) return { start: 2, end: 2 + first };
  const count = first & 0x7f;
  if (count < 1 || count > 4) throw malformed('a length');
  if (bytes.length < 2 + count) return undefined;
  let length = 0;
  for (const byte of bytes.subarray(2, 2 + count)) length = length * 256 + byte;
  return { start: 2 + count, end: 2 + count + length };
}

/**
 * Reads elements one behind the other. Contents are views of the input. Lengths need not be in their shortest form.
 * Every method throws {@link RdpTunnelError} `malformed`.
 */
export class DerReader {
  #rest: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.#rest = bytes;
  }

  get atEnd(): boolean {
    return this.#rest.length === 0;
  }

  /** The content of the next element, which must be of this type. */
  read(tag: number): Uint8Array {
    const head = this.#rest[0] === tag ? readHead(this.#rest) : undefined;
    if (!head || head.end > this.#rest.length)
      throw malformed('an element is missing, cut off or of another type');
    const content = this.#rest.subarray(head.start, head.end);
    this.#rest = this.#rest.subarray(head.end);
    return content;
  }

  /** A reader of the next element's content. */
  enter(tag: number): DerReader {
    return new DerReader(this.read(tag));
  }

  /** The field `[n]` read by `readValue`, or `undefined` when it is left out. */
  optional<T>(n: number, readValue: (field: DerReader) => T): T | undefined {
    if (this.#rest[0] !== contextTag(n)) return undefined;
    const field = this.enter(contextTag(n));
    const value = readValue(field);
    field.end();
    return value;
  }

  /** The field `[n]`, which must be there. */
  required<T>(n: number, readValue: (field: DerReader) => T): T {
    const value = this.optional(n, readValue);
    if (value === undefined) throw malformed(`field ${n} is missing`);
    return value;
  }

  integer(): number {
    const content = this.read(DerTag.integer);
    if (content.length < 1 || content.length > 5) throw malformed('an integer');
    let value = (content[0] ?? 0) >= 0x80 ? -1 : 0;
    for (const byte of content) value = value * 256 + byte;
    return value;
  }

  /** Copied. */
  octetString(): Uint8Array {
    return this.read(DerTag.octetString).slice();
  }

  utf8String(): string {
    try {
      return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(this.read(DerTag.utf8String));
    } catch {
      throw malformed('a string is not UTF-8');
    }
  }

  /** Nothing may be left. */
  end(): void {
    if (!this.atEnd) throw malformed('something is left over');
  }
}

/** A reader of the one SEQUENCE that all the bytes are. */
export function openSequence(bytes: Uint8Array): DerReader {
  const outer = new DerReader(bytes);
  const sequence = outer.enter(DerTag.sequence);
  outer.end();
  return sequence;
}
