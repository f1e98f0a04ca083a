/** A number as Python's `repr` writes it; JavaScript's own numbers lose big integers and the `.0` of floats. */
export class PythonNumber {
  readonly repr: string;

  constructor(repr: string) {
    this.repr = repr;
  }
}

/** A value that Python's json module would have made of a request: a dict is a Map, which keeps the order of keys. */
export type PythonValue =
  | null
  | boolean
  | string
  | PythonNumber
  | readonly PythonValue[]
  | ReadonlyMap<string, PythonValue>;

/** Python's int of a JSON integer. */
export function pythonInt(lexeme: string): PythonNumber {
  return new PythonNumber(lexeme === '-0' ? '0' : lexeme);
}

/**
 * Python's float: the shortest digits that read back as the same number, as in JavaScript, but with an exponent below
 * 1e-4 and from 1e16 on.
 */
export function pythonFloat(value: number): PythonNumber {
  if (!Number.isFinite(value)) return new PythonNumber(value > 0 ? 'inf' : '-inf');
  if (value === 0) return new PythonNumber(Object.is(value, -0) ? '-0.0' : '0.0');
  const [, sign = '', whole = '', fraction = '', power = ''] =
    /^(-?)(\d)(?:\.(\d+))?e([+-]\d+)$/.exec(value.toExponential()) ?? [];
  const exponent = Number(power);
  const digits = whole + fraction;
  return new PythonNumber(
    sign + (exponent < -4 || exponent >= 16 ? scientific(digits, exponent) : positional(digits, exponent)),
  );
}

function scientific(digits: string, exponent: number): string {
  const mantissa = digits.length === 1 ? digits : `${digits[0]}.${digits.slice(1)}`;
  return `${mantissa}e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`;
}

function positional(digits: string, exponent: number): string {
  if (exponent < 0) return `0.${'0'.repeat(-exponent - 1)}${digits}`;
  const whole = digits.slice(0, exponent + 1).padEnd(exponent + 1, '0');
  return `${whole}.${digits.slice(exponent + 1) || '0'}`;
}
