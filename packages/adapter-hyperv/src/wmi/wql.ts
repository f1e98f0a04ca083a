/** A WQL query, made by this file alone. */
export type Wql = string & { readonly __brand: 'Wql' };

export type Condition = readonly [property: string, value: string];

/** What a value in a query may be made of: nothing that means anything in WQL, neither a quote nor a backslash. */
const VALUE = /^[A-Za-z0-9 ._:-]{1,100}$/;
const NAME = /^[A-Za-z_]\w{0,99}$/;

/** Whether the text may be a value in a query. */
export function isWqlValue(text: string): boolean {
  return VALUE.test(text);
}

/**
 * All instances of a class, or those for which one group of conditions holds as a whole.
 *
 * @throws RangeError where a value may not be in a query
 */
export function selectFrom(className: string, ...anyOf: readonly (readonly Condition[])[]): Wql {
  const groups = anyOf.map((allOf) => `(${allOf.map(condition).join(' AND ')})`);
  const where = groups.length === 0 ? '' : ` WHERE ${groups.join(' OR ')}`;
  return `SELECT * FROM ${name(className)}${where}` as Wql;
}

function condition([property, value]: Condition): string {
  if (!isWqlValue(value)) throw new RangeError('a value that may not be in a WQL query');
  return `${name(property)} = '${value}'`;
}

function name(text: string): string {
  if (!NAME.test(text)) throw new RangeError('not a name in WQL');
  return text;
}
