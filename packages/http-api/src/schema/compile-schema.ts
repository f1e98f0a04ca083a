import { createRequire } from 'node:module';
import type { Ajv2020, ErrorObject, ValidateFunction } from 'ajv/dist/2020.js';
import { badRequest } from '../fault/api-fault.js';
import type { JsonBody } from '../request/json-body.js';
import { inSchemaOrder } from './in-schema-order.js';
import type { JsonSchema } from './json-schema.js';
import { bodyMessage, queryMessage } from './nova-message.js';
import { parsePythonJson } from './python-json.js';
import type { PythonValue } from './python-value.js';

const require = createRequire(import.meta.url);
let ajv: Ajv2020 | undefined;

/** The compiler and its seventy files are loaded when the first request comes: whoever starts waits for none of it. */
function compile<T>(schema: JsonSchema): ValidateFunction<T> {
  if (!ajv) {
    const { Ajv2020: Compiler } = require('ajv/dist/2020.js') as typeof import('ajv/dist/2020.js');
    ajv = new Compiler({ allErrors: true, strict: true, allowUnionTypes: true, messages: false });
  }
  return ajv.compile<T>(schema);
}

/** A request schema, compiled once, when it is first used. `T` is what the schema says, in TypeScript. */
export class RequestSchema<T> {
  readonly schema: JsonSchema;
  #compiled: ValidateFunction<T> | undefined;

  constructor(schema: JsonSchema) {
    this.schema = schema;
  }

  /** @throws ApiFault 400 with Nova's message */
  parseBody(body: JsonBody): T {
    const { value } = body;
    const validate = this.#validator();
    if (validate(value)) return value;
    throw badRequest(bodyMessage(this.#errors(validate), parsePythonJson(body.text)));
  }

  /**
   * Query parameters as Nova sees them: each name with the list of its values.
   *
   * @throws ApiFault 400 with Nova's message
   */
  parseQuery(query: URLSearchParams): T {
    const lists = new Map<string, string[]>();
    for (const [name, value] of query) {
      const values = lists.get(name);
      if (values) values.push(value);
      else lists.set(name, [value]);
    }
    const value: unknown = Object.fromEntries(lists);
    const validate = this.#validator();
    if (validate(value)) return value;
    throw badRequest(queryMessage(this.#errors(validate), lists as ReadonlyMap<string, PythonValue>));
  }

  #validator(): ValidateFunction<T> {
    this.#compiled ??= compile<T>(this.schema);
    return this.#compiled;
  }

  #errors({ errors }: ValidateFunction<T>): readonly ErrorObject[] {
    return inSchemaOrder(this.schema, errors ?? []);
  }
}
