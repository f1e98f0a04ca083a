import { createRequire } from 'node:module';
import {
  type ArgumentType,
  type ArgumentValue,
  type Bound,
  type CallbackArgumentType,
  type CallbackResultType,
  encodeCString,
  type NativeLibrary,
  type Pointer,
  type ResultType,
  type Signature,
} from './native-library.js';

type CType = object;

/** What is used of `@2060.io/ffi-napi`, `@2060.io/ref-napi` and the former's native binding. */
interface FfiNapi {
  DynamicLibrary: new (file: string) => { get(symbol: string): Buffer };
  CIF(result: CType, parameters: CType[]): Buffer;
  Callback: new (
    result: string,
    parameters: string[],
    implementation: (...values: (number | string)[]) => number | undefined,
  ) => Buffer;
}
interface RefNapi {
  address(buffer: Uint8Array): number;
  coerceType(name: string): CType;
}
interface Binding {
  ffi_call(cif: Buffer, target: Buffer, result: Uint8Array, argumentList: Uint8Array): void;
}

const cTypes: Record<ArgumentType | ResultType, string> = {
  void: 'void',
  int: 'int',
  uint: 'uint',
  size: 'uint64',
  pointer: 'uint64',
  string: 'uint64',
  buffer: 'uint64',
};

/**
 * Opens `file` with `@2060.io/ffi-napi`.
 *
 * ffi-napi's own call wrapper makes several buffers with finalizers for each call; they are freed only when
 * the thread returns to its event loop (1.7 KB a call until then). So calls go to its native `ffi_call`
 * with argument slots that are made once for each function: nothing is allocated, and a call is 20 times
 * faster. A function must therefore not be entered again by a callback from itself.
 */
export function openWithFfiNapi(file: string): NativeLibrary {
  const require = createRequire(import.meta.url);
  const ffi = require('@2060.io/ffi-napi') as FfiNapi;
  const ref = require('@2060.io/ref-napi') as RefNapi;
  const binding = require('@2060.io/ffi-napi/lib/bindings') as Binding;
  const library = new ffi.DynamicLibrary(file);
  const callbacks: Buffer[] = [];

  function bindFunction(
    name: string,
    [result, parameters]: Signature,
  ): (...values: ArgumentValue[]) => unknown {
    const target = library.get(name);
    const cif = ffi.CIF(
      ref.coerceType(cTypes[result]),
      parameters.map((type) => ref.coerceType(cTypes[type])),
    );
    const slots = new ArgumentSlots(parameters, ref);
    const returned = new BigInt64Array(1);
    const returnedBytes = new Uint8Array(returned.buffer);
    return (...values) => {
      slots.write(values);
      binding.ffi_call(cif, target, returnedBytes, slots.list);
      return decodeResult(result, returned[0] ?? 0n);
    };
  }

  return {
    backend: 'ffi-napi',
    bind<const Table extends Readonly<Record<string, Signature>>>(table: Table) {
      const bound = Object.entries(table).map(([name, signature]) => [name, bindFunction(name, signature)]);
      return Object.fromEntries(bound) as Bound<Table>;
    },
    addressOf: (symbol) => ref.address(library.get(symbol)) as Pointer,
    callback(
      result: CallbackResultType,
      parameters: readonly CallbackArgumentType[],
      implementation: (...values: number[]) => number | undefined,
    ) {
      const callback = new ffi.Callback(
        cTypes[result],
        parameters.map((type) => cTypes[type]),
        (...values) => implementation(...values.map(Number)),
      );
      callbacks.push(callback); // collected, it would leave C with a dangling function pointer
      return ref.address(callback) as Pointer;
    },
  };
}

/** The C arguments of one function: eight bytes each, and the list of their addresses that libffi reads. */
class ArgumentSlots {
  readonly list: Uint8Array;
  readonly #parameters: readonly ArgumentType[];
  readonly #ref: RefNapi;
  readonly #words: BigUint64Array;
  readonly #halves: Int32Array;
  readonly #held: (Uint8Array | undefined)[];

  constructor(parameters: readonly ArgumentType[], ref: RefNapi) {
    this.#parameters = parameters;
    this.#ref = ref;
    this.#words = new BigUint64Array(Math.max(1, parameters.length));
    this.#halves = new Int32Array(this.#words.buffer);
    this.#held = new Array(parameters.length);
    const first = BigInt(ref.address(new Uint8Array(this.#words.buffer)));
    const addresses = new BigUint64Array(this.#words.length).map((_, index) => first + 8n * BigInt(index));
    this.list = new Uint8Array(addresses.buffer);
  }

  write(values: readonly ArgumentValue[]): void {
    if (values.length !== this.#parameters.length) {
      throw new TypeError(`expected ${this.#parameters.length} arguments, got ${values.length}`);
    }
    for (const [index, type] of this.#parameters.entries())
      this.#writeSlot(index, type, values[index] ?? null);
  }

  #writeSlot(index: number, type: ArgumentType, value: ArgumentValue): void {
    if (typeof value === 'number') {
      // libffi reads an int at the slot's own address, so in either byte order it is the first half
      if (type === 'int' || type === 'uint') this.#halves[2 * index] = value;
      else this.#words[index] = BigInt(value);
      return;
    }
    const bytes = typeof value === 'string' ? encodeCString(value) : value;
    this.#held[index] = bytes ?? undefined; // alive until the next call
    this.#words[index] = bytes === null ? 0n : BigInt(this.#ref.address(bytes));
  }
}

function decodeResult(type: ResultType, word: bigint): number | undefined {
  if (type === 'void') return undefined;
  if (type === 'int') return Number(BigInt.asIntN(32, word));
  return Number(BigInt.asUintN(64, word));
}
