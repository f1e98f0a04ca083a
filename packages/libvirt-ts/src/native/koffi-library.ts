import { createRequire } from 'node:module';
import {
  type ArgumentType,
  type ArgumentValue,
  type Bound,
  encodeCString,
  type NativeLibrary,
  type Pointer,
  type ResultType,
  type Signature,
} from './native-library.js';

type CType = object;

/** What is used of `koffi`. */
interface Koffi {
  load(file: string): {
    func(name: string, result: string, parameters: string[]): (...values: unknown[]) => unknown;
    symbol(name: string): unknown;
  };
  address(symbol: unknown): bigint;
  proto(result: string, parameters: string[]): CType;
  pointer(type: CType): CType;
  register(implementation: (...values: (number | bigint)[]) => number | undefined, type: CType): bigint;
}

const cTypes: Record<ArgumentType | ResultType, string> = {
  void: 'void',
  int: 'int',
  uint: 'uint',
  size: 'size_t',
  pointer: 'uintptr_t',
  string: 'uint8_t *',
  buffer: 'uint8_t *',
};

/** Opens `file` with `koffi`. */
export function openWithKoffi(file: string): NativeLibrary {
  const koffi = createRequire(import.meta.url)('koffi') as Koffi;
  const library = koffi.load(file);

  function bindFunction(
    name: string,
    [result, parameters]: Signature,
  ): (...values: ArgumentValue[]) => unknown {
    const call = library.func(
      name,
      cTypes[result],
      parameters.map((type) => cTypes[type]),
    );
    return (...values) => {
      const returned = call(
        ...values.map((value) => (typeof value === 'string' ? encodeCString(value) : value)),
      );
      return returned === undefined ? undefined : Number(returned);
    };
  }

  return {
    backend: 'koffi',
    bind<const Table extends Readonly<Record<string, Signature>>>(table: Table) {
      const bound = Object.entries(table).map(([name, signature]) => [name, bindFunction(name, signature)]);
      return Object.fromEntries(bound) as Bound<Table>;
    },
    addressOf: (symbol) => Number(koffi.address(library.symbol(symbol))) as Pointer,
    callback(result, parameters, implementation) {
      const prototype = koffi.proto(
        cTypes[result],
        parameters.map((type) => cTypes[type]),
      );
      const run = (...values: (number | bigint)[]) => implementation(...values.map(Number));
      return Number(koffi.register(run, koffi.pointer(prototype))) as Pointer;
    },
  };
}
