import type { ErrorObject } from 'ajv/dist/2020.js';
import type { JsonSchema } from './json-schema.js';

/**
 * Sorts ajv's errors as Python's jsonschema would find them: it walks the schema in the order of its keys, so a
 * property's own errors come before `required` where the schema names `properties` first.
 */
export function inSchemaOrder(schema: JsonSchema, errors: readonly ErrorObject[]): readonly ErrorObject[] {
  if (errors.length < 2) return errors;
  return errors
    .map((error) => ({ error, rank: rankOf(schema, error.schemaPath) }))
    .sort((a, b) => compareRanks(a.rank, b.rank))
    .map(({ error }) => error);
}

/** The place of each step of the path (`#/properties/name/enum`) among its siblings. */
function rankOf(schema: JsonSchema, schemaPath: string): readonly number[] {
  let node: unknown = schema;
  return schemaPath
    .split('/')
    .slice(1)
    .map((step) => {
      if (typeof node !== 'object' || node === null) return -1;
      const place = Object.keys(node).indexOf(step);
      node = (node as JsonSchema)[step];
      return place;
    });
}

function compareRanks(a: readonly number[], b: readonly number[]): number {
  for (const [at, place] of a.entries()) {
    const other = b[at];
    if (other === undefined) return 1;
    if (place !== other) return place - other;
  }
  return a.length - b.length;
}
