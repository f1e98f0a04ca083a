/** A JSON Schema (draft 2020-12), as OpenAPI 3.1 takes it. The order of its keys is the order of Nova's checks. */
export interface JsonSchema {
  readonly [keyword: string]: unknown;
}
