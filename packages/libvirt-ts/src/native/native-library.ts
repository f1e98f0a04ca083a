/**
 * An address in this process. User space ends below 2^53 on every 64-bit platform that Node runs on, so a
 * number holds it exactly; as a plain number it may be sent to another thread. 0 is C's NULL.
 */
export type Pointer = number & { readonly [pointerBrand]: true };
declare const pointerBrand: unique symbol;

/** C's NULL. */
export const NULL = 0 as Pointer;

/** `string` is a NUL-terminated UTF-8 copy, alive for the call. `buffer` is passed by address, not copied. */
export type ArgumentType = 'int' | 'uint' | 'size' | 'pointer' | 'string' | 'buffer';
export type ResultType = 'void' | 'int' | 'size' | 'pointer';
export type Signature = readonly [result: ResultType, arguments: readonly ArgumentType[]];

interface ArgumentValues {
  int: number;
  uint: number;
  size: number;
  pointer: Pointer;
  string: string | null;
  buffer: Uint8Array;
}

interface ResultValues {
  void: undefined;
  int: number;
  size: number;
  pointer: Pointer;
}

export type ArgumentValue = ArgumentValues[ArgumentType];

type ValuesOf<Types extends readonly ArgumentType[]> = {
  -readonly [I in keyof Types]: ArgumentValues[Types[I]];
};

/** JavaScript functions for a table of C signatures. */
export type Bound<Table extends Readonly<Record<string, Signature>>> = {
  readonly [Name in keyof Table]: (...values: ValuesOf<Table[Name][1]>) => ResultValues[Table[Name][0]];
};

export type CallbackArgumentType = 'int' | 'pointer';
export type CallbackResultType = 'void' | 'int';

/** Name of an FFI package that can stand behind {@link NativeLibrary}. */
export type Backend = 'ffi-napi' | 'koffi';

/** One opened shared library. All that an FFI package has to offer; everything else is built on top. */
export interface NativeLibrary {
  readonly backend: Backend;

  /** Throws when a symbol is missing. Symbols of libraries that this one depends on (libc) are found too. */
  bind<const Table extends Readonly<Record<string, Signature>>>(table: Table): Bound<Table>;

  /** Address of a symbol, to be given to C. */
  addressOf(symbol: string): Pointer;

  /**
   * Makes a C function pointer of `implementation`, valid until the thread ends. C may call it only on the
   * thread that made it. `implementation` must not throw.
   */
  callback(
    result: CallbackResultType,
    parameters: readonly CallbackArgumentType[],
    implementation: (...values: number[]) => number | undefined,
  ): Pointer;
}

/** NUL-terminated UTF-8. Throws on a NUL inside: C would silently see a shorter string. */
export function encodeCString(value: string): Buffer {
  if (value.includes('\0')) throw new TypeError('a string for libvirt must not contain a NUL character');
  return Buffer.from(`${value}\0`, 'utf8');
}
