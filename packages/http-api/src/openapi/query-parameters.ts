import type { JsonSchema } from '../schema/json-schema.js';

/** The parameters of a query by its schema, in which each name has the list of its values. */
export function queryParameters({ properties }: JsonSchema): object[] {
  return Object.entries(properties as Readonly<Record<string, { readonly items: JsonSchema }>>).map(
    ([name, { items }]) => ({ name, in: 'query', required: false, schema: items }),
  );
}
